import { connect } from './connect.ts'
import type { Gateway } from './gateway.ts'
import { problemInWords } from './problems.ts'
import { findTarget } from './target.ts'

/** Works with the gateway that the words of a command mean, and lets go of it. Throws CommandFailed for what an operator can mend. */
export async function withGateway<Result>(
  subcommand: string,
  choice: { stack?: string | undefined; home?: string | undefined },
  work: (gateway: Gateway) => Promise<Result>,
): Promise<Result> {
  const target = await findTarget(subcommand, choice, process.env)
  try {
    const gateway = await connect(target)
    try {
      return await work(gateway)
    } finally {
      gateway.close()
    }
  } catch (error) {
    throw problemInWords(error) ?? error
  }
}
