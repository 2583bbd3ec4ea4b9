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
    throw wrongUsage(subcommand, inOurWords(error))
  }
}

export function wrongUsage(subcommand: string, what: string): WrongUsage {
  return new WrongUsage(`${what}. See faxlane ${subcommand} --help.`)
}

/** For a subcommand that takes options alone. */
export function refuseWords(subcommand: string, [word]: readonly string[]): void {
  if (word !== undefined) throw wrongUsage(subcommand, `${visible(word)} is one word too many`)
}

/** What node:util says of words that it can't parse names JavaScript's conventions, and options with their values. */
function inOurWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const option = /'(?:-\w, )?(--?[^' =]+)/.exec(text)?.[1] ?? ''
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return `there is no option ${visible(option)}`
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return text.includes('does not take an argument')
        ? `${visible(option)} takes no value`
        : `${visible(option)} wants a value; one that begins with a - is written ${visible(option)}=-…`
    default:
      // It may repeat a word.
      return visible(text).replace(/\.$/, '')
  }
}
