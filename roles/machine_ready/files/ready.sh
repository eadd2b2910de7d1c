# Waits until a machine has started, repairs what an interrupted installation left, and sees to Python.
# One line 'changed: ...' for each thing that it did. Runs in any POSIX shell, before there is anything else.
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
apt_get() { apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >&2; }

# Tries a command once a second; gives up in silence, as what then fails tells better.
await() {
  left=$1
  shift
  while [ "$left" -gt 0 ] && ! "$@"; do
    left=$((left - 1))
    sleep 1
  done
}
started() {
  case $(systemctl is-system-running 2>/dev/null) in
    initializing | starting | offline | '') return 1 ;;
  esac
}
routed() { awk '$2 == "00000000" { found = 1 } END { exit !found }' /proc/net/route; }
unlocked() {
  inode=$(stat -c %i /var/lib/dpkg/lock-frontend 2>/dev/null) || return 0
  ! grep -q ":$inode " /proc/locks
}
interrupted() {
  [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)" ] || [ -n "$(dpkg --audit 2>/dev/null)" ]
}

[ -d /run/systemd/system ] && await 60 started
await 10 routed

if command -v dpkg >/dev/null; then
  await 300 unlocked
  if interrupted; then
    echo 'changed: finished an installation that was interrupted'
    dpkg --configure -a --force-confdef --force-confold >&2
    apt_get --fix-broken install || exit 1
  fi
fi

if ! command -v python3 >/dev/null; then
  echo 'changed: installed Python'
  if command -v apt-get >/dev/null; then
    apt_get update && apt_get install --no-install-recommends python3 python3-apt
  elif command -v apk >/dev/null; then
    apk add python3 >&2
  elif command -v dnf >/dev/null; then
    dnf -q -y install python3 >&2
  else
    echo 'This machine has no Python, and none of apt-get, apk and dnf to install it with.' >&2
    exit 1
  fi || exit 1
fi

# A copy of another machine comes without that one's keys, and sshd does not start without any.
if [ -x /usr/sbin/sshd ] && command -v ssh-keygen >/dev/null && ! ls /etc/ssh/ssh_host_*_key >/dev/null 2>&1; then
  echo 'changed: made host keys for SSH'
  ssh-keygen -A >&2 || exit 1
  if [ -d /run/systemd/system ] && systemctl is-enabled --quiet ssh 2>/dev/null; then
    systemctl reset-failed ssh
    systemctl restart ssh
  fi
fi
