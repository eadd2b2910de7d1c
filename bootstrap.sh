#!/usr/bin/env bash
# Brings Node.js and anklume to a bare Linux, then hands over to 'anklume host bootstrap', where everything is decided:
#   curl -fsSL https://HOST/bootstrap.sh | sudo bash -s -- --from https://HOST/anklume.tgz --sha256 HEX
#   sudo ./bootstrap.sh                  in a clone, which is then what runs
# Further words go to 'anklume host bootstrap'. The braces are around everything: bash reads a whole block before it
# runs any of it, so a download that was cut short is an error of syntax.
{
set -euo pipefail

# Empty where the script comes by a pipe: the folder that it is called in is then nobody's clone.
readonly SELF=${BASH_SOURCE[0]:-}
readonly STATE=/var/lib/anklume
readonly SEED=$STATE/seed
readonly PRODUCT=/opt/anklume
readonly NODE_FOLDER=/opt/anklume-node
readonly NODE_LINK=/usr/local/bin/node
readonly NODE_VERSION=22.20.0

say() {
  case ${ANKLUME_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
    fr*) printf 'anklume: %s\n' "$2" >&2 ;;
    *) printf 'anklume: %s\n' "$1" >&2 ;;
  esac
}

# die STATUS ENGLISH FRENCH
die() {
  trap - ERR
  say "$2" "$3"
  exit "$1"
}

has() { command -v "$1" >/dev/null 2>&1; }

# fetch URL FILE: by HTTPS, and by nothing else on the way there.
fetch() {
  case $1 in
    https://*) ;;
    *) die 2 "$1 is not an https address. Nothing was fetched." "$1 n'est pas une adresse https. Rien n'a été téléchargé." ;;
  esac
  if has curl; then
    curl --proto '=https' --proto-redir '=https' --tlsv1.2 --fail --silent --show-error --location --output "$2" -- "$1"
  elif has wget; then
    wget --https-only --quiet --output-document="$2" -- "$1"
  else
    die 4 'curl or wget is needed.' 'il faut curl ou wget.'
  fi || die 4 "$1 could not be fetched. Nothing was changed with it." "$1 n'a pas pu être téléchargé. Rien n'a été modifié avec."
}

# verify FILE HEX
verify() {
  [[ $2 =~ ^[0-9a-f]{64}$ ]] || die 2 "'$2' is not a SHA-256." "« $2 » n'est pas un SHA-256."
  local found
  found=$(sha256sum -- "$1")
  [ "${found%% *}" = "$2" ] ||
    die 1 "The checksum of the download is ${found%% *}, not $2: it was not used." \
      "La somme de contrôle du téléchargement est ${found%% *}, et non $2 : il n'a pas été utilisé."
}

# is_ours LINE NAME: whether an earlier run of this script made it, by its own notes or by the ledger that took them over.
is_ours() {
  grep -qsxF -- "$1" "$SEED" || grep -qsF -- "\"$2\"" "$STATE/ledger.json"
}

# refuse_foreign FOLDER: somebody else's folder is not replaced.
refuse_foreign() {
  if [ ! -e "$1" ] && [ ! -L "$1" ] || is_ours "tree $1" "tree:$1"; then return; fi
  die 4 "$1 exists and was not made by this script. Nothing was changed: move it away first." \
    "$1 existe et n'a pas été créé par ce script. Rien n'a été modifié : déplacez-le d'abord."
}

# remember LINE: before it is done; 'anklume host bootstrap' takes it over into its ledger.
remember() {
  mkdir -p "$STATE"
  chmod 700 "$STATE"
  if [ ! -e "$SEED" ] || ! grep -qxF -- "$1" "$SEED"; then printf '%s\n' "$1" >>"$SEED"; fi
  sync -- "$SEED"
}

has_node() {
  has node && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

# The distribution's own where it is new enough.
install_node() {
  local version names
  if has apt-get; then
    apt-get --quiet update >&2
    version=$(LC_ALL=C apt-cache policy nodejs | awk '$1 == "Candidate:" { print $2 }')
    if dpkg --compare-versions "${version:-0}" ge 20.19; then
      names=$(LC_ALL=C apt-get --simulate --no-install-recommends install nodejs | awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }')
      remember "packages apt nodejs $(echo "$names" | tr '\n' ' ')"
      DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes --no-install-recommends install nodejs >&2
    fi
  elif has dnf; then
    remember 'packages dnf nodejs nodejs'
    dnf --assumeyes --setopt=install_weak_deps=False install nodejs >&2
  elif has pacman; then
    names=$(pacman --sync --needed --print --print-format '%n' nodejs | tr '\n' ' ')
    remember "packages pacman nodejs $names"
    pacman --noconfirm --sync --needed nodejs >&2
  fi
  has_node || download_node
}

# By its makers, for a distribution whose own is too old.
download_node() {
  local machine name from
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) die 4 "There is no Node.js to fetch for $(uname -m): install 20.19 or newer." "Il n'y a pas de Node.js à télécharger pour $(uname -m) : installez la 20.19 ou plus récente." ;;
  esac
  refuse_foreign "$NODE_FOLDER"
  if [ -e "$NODE_LINK" ] || [ -L "$NODE_LINK" ]; then
    [ "$(readlink -- "$NODE_LINK")" = "$NODE_FOLDER/bin/node" ] ||
      die 4 "$NODE_LINK is older than 20.19 and was not made by this script: remove it first." \
        "$NODE_LINK est antérieur à la 20.19 et n'a pas été créé par ce script : retirez-le d'abord."
  fi
  name=node-v$NODE_VERSION-linux-$machine
  from=${ANKLUME_NODE_FROM:-https://nodejs.org/dist/v$NODE_VERSION}
  fetch "$from/SHASUMS256.txt" "$scratch/sums"
  fetch "$from/$name.tar.gz" "$scratch/node.tar.gz"
  verify "$scratch/node.tar.gz" "$(awk -v file="$name.tar.gz" '$2 == file { print $1 }' "$scratch/sums")"
  unpack "$scratch/node.tar.gz" "$NODE_FOLDER"
  remember "link $NODE_LINK $NODE_FOLDER/bin/node"
  ln -sfn "$NODE_FOLDER/bin/node" "$NODE_LINK"
}

# unpack ARCHIVE FOLDER: beside it first, then in its place as a whole.
unpack() {
  remember "tree $2"
  rm -rf "$2.new"
  mkdir -p "$2.new"
  tar -xzf "$1" -C "$2.new" --strip-components=1 --no-same-owner
  rm -rf "$2"
  mv -T "$2.new" "$2"
}

main() {
  local from=${ANKLUME_FROM:-} sum='' own='' words=()
  while [ $# -gt 0 ]; do
    case $1 in
      --from | --sha256)
        [ $# -gt 1 ] || die 2 "$1 needs a value." "$1 attend une valeur."
        if [ "$1" = --from ]; then from=$2; else sum=$2; fi
        shift
        ;;
      --YOLO) words+=(--yolo) ;;
      *) words+=("$1") ;;
    esac
    shift
  done
  [ "$(id -u)" = 0 ] || die 4 'Only root may change this host: use sudo.' 'Seul root peut modifier cet hôte : utilisez sudo.'
  if [ -f "$SELF" ]; then own=$(dirname -- "$(readlink -f -- "$SELF")"); fi
  scratch=$(mktemp -d)
  trap 'rm -rf -- "$scratch"' EXIT
  if [ -z "$own" ] || [ ! -e "$own/package.json" ] || [ ! -e "$own/anklume" ]; then
    refuse_foreign "$PRODUCT"
    [ -n "$from" ] || die 2 'Say where anklume comes from: --from https://HOST/anklume.tgz' "Dites d'où vient anklume : --from https://HÔTE/anklume.tgz"
    fetch "$from" "$scratch/anklume.tgz"
    if [ -z "$sum" ]; then
      fetch "$from.sha256" "$scratch/sum"
      sum=$(awk 'NR == 1 { print $1 }' "$scratch/sum")
    fi
    verify "$scratch/anklume.tgz" "$sum"
    own=$PRODUCT
    unpack "$scratch/anklume.tgz" "$PRODUCT"
  fi
  has_node || install_node
  local program=("$own/anklume")
  if [ ! -e "$own/anklume" ]; then
    chmod +x "$own/dist/main.js"
    program=("$own/dist/main.js")
  fi
  # Piped, the script itself is the input: a person answers on the terminal.
  if [ ! -t 0 ] && [ -t 2 ] && [ -r /dev/tty ]; then exec </dev/tty; fi
  rm -rf -- "$scratch"
  trap - EXIT ERR
  "${program[@]}" host bootstrap ${words[@]+"${words[@]}"}
}

trap 'say "stopped: a command failed on line $LINENO. Run the same command again: it goes on." "arrêt : une commande a échoué à la ligne $LINENO. Relancez la même commande : elle reprend."' ERR
main "$@"
exit
}
