export interface Subcommand {
  help: string
  /** Resolves to the exit code. Throws {@link WrongUsage} before anything is done. */
  run(words: readonly string[]): Promise<number>
}

export const EXIT_CODES = { done: 0, someFailed: 1, usage: 2 } as const

/** Words that don't make a command, with the way to make one. */
export class WrongUsage extends Error {}
