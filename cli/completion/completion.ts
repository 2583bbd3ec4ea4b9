import { RESOLUTIONS } from '../../shared/transmission/transmit-job.ts'
import { visible } from '../../shared/visible.ts'
import { SOUGHT_STATES } from '../list/command-line.ts'
import { SOUGHT_STATES as SENT_STATES } from '../sent/command-line.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { SUBCOMMANDS } from '../subcommands.ts'
import { readWords, wrongUsage } from '../words.ts'
import { bashScript, type Completions, optionsIn, zshScript } from './scripts.ts'

const HELP = `Prints a script by which a shell completes the words of faxlane.

Usage: faxlane completion bash|zsh

  --help  this text

bash: source <(faxlane completion bash), in ~/.bashrc
zsh:  source <(faxlane completion zsh), in ~/.zshrc after compinit

Exit code: 0 printed, 2 wrong usage.
`

export const completion: Subcommand = { help: HELP, run }

const SCRIPTS = { bash: bashScript, zsh: zshScript } as const

async function run(words: readonly string[]): Promise<number> {
  const { positionals } = readWords('completion', words, {})
  const [shell, second] = positionals
  if (second !== undefined) throw wrongUsage('completion', `${visible(second)} is one word too many`)
  if (shell !== 'bash' && shell !== 'zsh') {
    throw wrongUsage(
      'completion',
      shell === undefined
        ? 'the shell is missing: bash or zsh'
        : `${visible(shell)} is no shell that is known; there is bash, zsh`,
    )
  }
  process.stdout.write(SCRIPTS[shell](await readCompletions()))
  return EXIT_CODES.done
}

const DAYS = ['today', 'yesterday']
const VALUES: Completions['values'] = [
  { subcommand: 'list', option: '--state', words: SOUGHT_STATES },
  { subcommand: 'sent', option: '--state', words: SENT_STATES },
  { subcommand: 'send', option: '--resolution', words: RESOLUTIONS },
  ...['list', 'sent', 'retry'].map((subcommand) => ({ subcommand, option: '--day', words: DAYS })),
]

/** Of the help texts: what these don't name is not offered. */
async function readCompletions(): Promise<Completions> {
  const subcommands = await Promise.all(
    Object.entries(SUBCOMMANDS).map(async ([name, { summary, load }]) => ({
      name,
      summary,
      options: optionsIn((await load()).help),
    })),
  )
  return { subcommands, values: VALUES }
}
