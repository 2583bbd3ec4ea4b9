import { type ParseArgsConfig, parseArgs } from 'node:util'
import { visible } from '../shared/visible.ts'
import { WrongUsage } from './subcommand.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** Options and other words of a subcommand, apart. Throws {@link WrongUsage} for an option that it does not have. */
export function readWords<const Known extends Options>(
  subcommand: string,
  words: readonly string[],
  options: Known,
) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    // It repeats the word that it does not know.
    throw wrongUsage(subcommand, visible(text).replace(/\.$/, ''))
  }
}

export function wrongUsage(subcommand: string, what: string): WrongUsage {
  return new WrongUsage(`${what}. See faxlane ${subcommand} --help.`)
}

/** For a subcommand that takes options alone. */
export function refuseWords(subcommand: string, [word]: readonly string[]): void {
  if (word !== undefined) throw wrongUsage(subcommand, `${visible(word)} is one word too many`)
}
