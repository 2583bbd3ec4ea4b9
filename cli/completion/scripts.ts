/** What can be completed: subcommands, the options of each, and what some options take. */
export interface Completions {
  /** In the order of the help. */
  subcommands: { name: string; summary: string; options: string[] }[]
  /** Words that an option of a subcommand takes, where there are only some. */
  values: readonly { subcommand: string; option: string; words: readonly string[] }[]
}

/** The options that a help text names. */
export function optionsIn(help: string): string[] {
  return [...new Set([...help.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option))].sort()
}

export function bashScript({ subcommands, values }: Completions): string {
  const options = subcommands.map(({ name, options }) => `    ${name}) options="${options.join(' ')}" ;;`)
  const taken = values.map(
    ({ subcommand, option, words }) =>
      `    '${subcommand} ${option}') COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$word")); return ;;`,
  )
  return `# Completion of faxlane for bash. In ~/.bashrc: source <(faxlane completion bash)
_faxlane() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${subcommands.map(({ name }) => name).join(' ')} --help" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${taken.join('\n')}
  esac
  case \${COMP_WORDS[1]} in
${options.join('\n')}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _faxlane faxlane
`
}

export function zshScript({ subcommands, values }: Completions): string {
  const described = subcommands.map(
    ({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`,
  )
  const options = subcommands.map(({ name, options }) => `    ${name}) options=(${options.join(' ')}) ;;`)
  const taken = values.map(
    ({ subcommand, option, words }) =>
      `    '${subcommand} ${option}') compadd -- ${words.join(' ')}; return ;;`,
  )
  return `#compdef faxlane
# Completion of faxlane for zsh. In ~/.zshrc, after compinit: source <(faxlane completion zsh)
_faxlane() {
  local -a subcommands options
  subcommands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe subcommand subcommands
    return
  fi
  case "\${words[2]} \${words[CURRENT-1]}" in
${taken.join('\n')}
  esac
  case \${words[2]} in
${options.join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    compadd -- $options
  else
    _files
  fi
}
compdef _faxlane faxlane
`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
