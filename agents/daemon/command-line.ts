import { type ParseArgsConfig, parseArgs } from 'node:util'
import { visible } from '../../shared/visible.ts'
import { ConfigError } from './read-config.ts'

export const EXIT_CODES = { done: 0, refused: 1, usage: 2 } as const

/** Words that don't make a command, with the way to make one. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage'
}

export interface Words {
  /** By the option's long name; a repeated option is a list. */
  options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  /** What is no option. */
  rest: readonly string[]
}

export interface Subcommand {
  /** One line for the program's help. */
  summary: string
  /** All of it, from `Usage:` on. */
  help: string
  /** As parseArgs has them; --help is always there. */
  options: NonNullable<ParseArgsConfig['options']>
  /** How many words that are no options it takes, at least and at most; none where it is left out. */
  takes?: readonly [number, number]
  /** Resolves to the exit code. */
  run: (words: Words) => Promise<number>
}

export interface Program {
  name: string
  version: string
  /** One line. */
  summary: string
  /** What stands below the subcommands: files, where to read on. */
  epilogue: string
  subcommands: Readonly<Record<string, Subcommand>>
}

export interface Output {
  out: (text: string) => void
  err: (text: string) => void
}

/** Runs the subcommand that the words name, and resolves to the exit code. What nobody foresaw is thrown. */
export async function runProgram(
  program: Program,
  words: readonly string[],
  output: Output,
): Promise<number> {
  try {
    return await runSubcommand(program, words, output)
  } catch (error) {
    if (error instanceof WrongUsage) {
      output.err(`${program.name}: ${error.message}\n`)
      return EXIT_CODES.usage
    }
    if (error instanceof ConfigError) {
      output.err(`${error.message}\n`)
      return EXIT_CODES.usage
    }
    throw error
  }
}

async function runSubcommand(
  program: Program,
  [name, ...words]: readonly string[],
  output: Output,
): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    output.out(helpOf(program))
    return EXIT_CODES.done
  }
  if (name === '--version') {
    output.out(`${program.name} ${program.version}\n`)
    return EXIT_CODES.done
  }
  const subcommand = subcommandOf(program, name)
  const parsed = parseWords(program, subcommand, words)
  if (parsed.options.help === true) {
    output.out(subcommand.help)
    return EXIT_CODES.done
  }
  assertCount(program, subcommand, parsed.rest)
  return await subcommand.run(parsed)
}

function subcommandOf({ name: program, subcommands }: Program, name: string | undefined): Subcommand {
  const known = Object.keys(subcommands).join(', ')
  if (name === undefined)
    throw new WrongUsage(`a subcommand is missing; there is: ${known}. See ${program} --help.`)
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  if (subcommand !== undefined) return subcommand
  throw new WrongUsage(`there is no subcommand ${visible(name)}; there is: ${known}. See ${program} --help.`)
}

function parseWords(program: Program, subcommand: Subcommand, args: readonly string[]): Words {
  try {
    const help = { type: 'boolean', short: 'h' } as const
    const options = { ...subcommand.options, help }
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return { options: { ...values }, rest: positionals }
  } catch (error) {
    // parseArgs explains itself; its own hint about -- is for files that look like options.
    throw new WrongUsage(`${visible((error as Error).message)} See ${program.name} --help.`)
  }
}

function assertCount(
  program: Program,
  { takes: [least, most] = [0, 0] }: Subcommand,
  rest: readonly string[],
): void {
  const [surplus] = rest.slice(most)
  if (surplus !== undefined)
    throw new WrongUsage(`${visible(surplus)} is too much. See ${program.name} --help.`)
  if (rest.length < least) throw new WrongUsage(`a file is missing. See ${program.name} --help.`)
}

function helpOf({ name, summary, epilogue, subcommands }: Program): string {
  const list = Object.entries(subcommands).map(
    ([word, subcommand]) => `  ${word.padEnd(8)}  ${subcommand.summary}`,
  )
  return `${name}, ${summary}

Usage: ${name} SUBCOMMAND [OPTIONS]

${list.join('\n')}

${name} SUBCOMMAND --help tells about one of them; ${name} --version says which one this is.

${epilogue}`
}
