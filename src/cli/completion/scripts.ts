/**
 * The script that a shell loads: it hands the words typed so far to `anklume complete` as separate arguments
 * (never evaluated again) and offers the answers, a word and its description on each line.
 */
export function completionScript(shell: string): string {
  return SCRIPTS[shell] ?? '';
}

const BASH = `# anklume completion for bash: source <(anklume completion bash)
_anklume() {
  local line current
  COMPREPLY=()
  current="\${COMP_WORDS[COMP_CWORD]}"
  while IFS=$'\\t' read -r line _; do
    [[ "$line" == "$current"* ]] && COMPREPLY+=("$line")
  done < <(anklume complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
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
compdef _anklume anklume`;

const FISH = `# anklume completion for fish: anklume completion fish > ~/.config/fish/completions/anklume.fish
function __anklume_complete
  set -l typed (commandline -opc) (commandline -ct)
  anklume complete -- $typed[2..-1] 2>/dev/null
end
complete -c anklume -a '(__anklume_complete)'`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
