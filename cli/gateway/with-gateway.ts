import { visible } from '../../shared/visible.ts'
import { connect } from './connect.ts'
import type { Gateway } from './gateway.ts'
import { problemInWords } from './problems.ts'
import { findTarget, isNamed } from './target.ts'

/** In what they print, where a script has it as well. */
const NAMES_IT_ITSELF: ReadonlySet<string> = new Set(['status', 'explain', 'diff', 'forget'])

/** Works with the gateway that the words of a command mean, and lets go of it. Where none was named it says which one that is. Throws CommandFailed for what an operator can mend. */
export async function withGateway<Result>(
  subcommand: string,
  choice: { stack?: string | undefined; home?: string | undefined },
  work: (gateway: Gateway) => Promise<Result>,
): Promise<Result> {
  const target = await findTarget(subcommand, choice, process.env)
  try {
    const gateway = await connect(target)
    if (!isNamed(choice, process.env) && !NAMES_IT_ITSELF.has(subcommand))
      process.stderr.write(`With ${visible(gateway.title)}.\n`)
    try {
      return await work(gateway)
    } finally {
      gateway.close()
    }
  } catch (error) {
    throw problemInWords(error, target) ?? error
  }
}
