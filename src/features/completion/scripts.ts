/**
 * The script that a shell loads: it hands the words typed so far to `anklume complete` as separate arguments
 * (never evaluated again) and offers the answers, a word and its description on each line.
 */
export function completionScript(shell: string): string {
  return SCRIPTS[shell] ?? '';
}

// Bash takes words apart at = and :, and replaces only what stands behind the last of them.
const BASH = `# anklume completion for bash: source <(anklume completion bash)
_anklume() {
  local line word glued='' index
  local -a words=()
  COMPREPLY=()
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [[ "$word" == [=:] && \${#words[@]} -gt 0 ]]; then
      words[-1]+="$word"
      glued=yes
    elif [[ -n "$glued" ]]; then
      words[-1]+="$word"
      glued=''
    else
      words+=("$word")
    fi
  done
  local whole="\${words[-1]}" kept=''
  if [[ "$whole" == *[=:]* ]]; then
    kept="\${whole%"\${whole##*[=:]}"}"
  fi
  while IFS=$'\\t' read -r line _; do
    [[ "$line" == "$whole"* ]] && COMPREPLY+=("\${line#"$kept"}")
  done < <(anklume complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _anklume anklume`;

const ZSH = `#compdef anklume
# anklume completion for zsh: source <(anklume completion zsh)
_anklume() {
  local -a answers
  local line
  for line in "\${(@f)$(anklume complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] && answers+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'anklume' answers || _files
}
if (( $+functions[compdef] )); then
  compdef _anklume anklume
else
  print -u2 "anklume: zsh completes nothing before 'autoload -Uz compinit && compinit': put it above this line."
fi`;

const FISH = `# anklume completion for fish: anklume completion fish > ~/.config/fish/completions/anklume.fish
function __anklume_complete
  set -l typed (commandline -opc) (commandline -ct)
  set -l answers (anklume complete -- $typed[2..-1] 2>/dev/null)
  if test (count $answers) -gt 0
    printf '%s\\n' $answers
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c anklume -f -a '(__anklume_complete)'`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
