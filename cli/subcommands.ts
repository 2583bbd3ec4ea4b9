import type { Subcommand } from './subcommand.ts'

interface Listed {
  summary: string
  /** Loaded when it is called for: one that needs AWS must not slow down one that doesn't. */
  load(): Promise<Subcommand>
}

export const SUBCOMMANDS: Readonly<Record<string, Listed>> = {
  explain: {
    summary: 'says what would happen to a fax for a number',
    load: async () => (await import('./explain/explain.ts')).explain,
  },
  diff: {
    summary: 'says what a routing table would change in the place of another',
    load: async () => (await import('./diff/diff.ts')).diff,
  },
  import: {
    summary: "brings a XiVO's xivo_fax.conf over",
    load: async () => (await import('./import/import.ts')).importTable,
  },
  convert: {
    summary: 'makes PDFs of received TIFFs',
    load: async () => (await import('./convert/convert.ts')).convert,
  },
}
