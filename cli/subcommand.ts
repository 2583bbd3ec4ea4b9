export interface Subcommand {
  help: string
  /** Resolves to the exit code. Throws {@link WrongUsage} before anything is done, {@link CommandFailed} when it can't go on. */
  run(words: readonly string[]): Promise<number>
}

/** done: all that was asked for. someFailed: something failed, or what was asked for is not there. usage: nothing was begun. */
export const EXIT_CODES = { done: 0, someFailed: 1, usage: 2 } as const

/** Words that don't make a command, with the way to make one. */
export class WrongUsage extends Error {}

/** What kept a command from its end, in words for whoever gave it: no stack trace would help. */
export class CommandFailed extends Error {}
