import type { Subcommand } from './subcommand.ts'

interface Listed {
  summary: string
  /** Loaded when it is called for: one that needs AWS must not slow down one that doesn't. */
  load(): Promise<Subcommand>
}

export const SUBCOMMANDS: Readonly<Record<string, Listed>> = {
  convert: {
    summary: 'makes PDFs of received TIFFs',
    load: async () => (await import('./convert/convert.ts')).convert,
  },
}
