import type { Subcommand } from './subcommand.ts'

interface Listed {
  summary: string
  /** Loaded when it is called for: one that needs AWS must not slow down one that doesn't. */
  load(): Promise<Subcommand>
}

export const SUBCOMMANDS: Readonly<Record<string, Listed>> = {
  list: {
    summary: 'lists faxes: of a day, of a number, in a state',
    load: async () => (await import('./list/list.ts')).list,
  },
  show: {
    summary: 'shows all that happened to a fax',
    load: async () => (await import('./show/show.ts')).show,
  },
  get: {
    summary: 'fetches a fax as PDF or TIFF',
    load: async () => (await import('./get/get.ts')).get,
  },
  retry: {
    summary: 'delivers again what failed',
    load: async () => (await import('./retry/retry.ts')).retry,
  },
  send: {
    summary: 'sends a PDF as a fax',
    load: async () => (await import('./send/send.ts')).send,
  },
  sent: {
    summary: 'lists faxes that were to be sent',
    load: async () => (await import('./sent/sent.ts')).sent,
  },
  cancel: {
    summary: 'cancels a fax that is not dialled yet',
    load: async () => (await import('./cancel/cancel.ts')).cancel,
  },
  status: {
    summary: 'says how the gateway is: queues, dead letters, agents, the last hour',
    load: async () => (await import('./status/status.ts')).status,
  },
  sweep: {
    summary: 'compares what arrived with what is on record, and puts right what it can',
    load: async () => (await import('./sweep/sweep.ts')).sweep,
  },
  redrive: {
    summary: 'sends dead letters back to where they came from',
    load: async () => (await import('./redrive/redrive.ts')).redrive,
  },
  simulate: {
    summary: 'tries what would become of a fax, and delivers nothing',
    load: async () => (await import('./simulate/simulate.ts')).simulate,
  },
  forget: {
    summary: 'removes what is known of a number, for a data-protection request',
    load: async () => (await import('./forget/forget.ts')).forget,
  },
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
  pbx: {
    summary: 'writes dialplan, trunk settings and gateway profiles for the PBXs of the sites',
    load: async () => (await import('./pbx/pbx.ts')).pbx,
  },
  convert: {
    summary: 'makes PDFs of received TIFFs',
    load: async () => (await import('./convert/convert.ts')).convert,
  },
  completion: {
    summary: 'prints a script by which a shell completes these words',
    load: async () => (await import('./completion/completion.ts')).completion,
  },
}
