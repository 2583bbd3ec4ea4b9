/** What the local gateway tells while it works: one of these a line with --json, a picture of them without. */
export type ShownEvent =
  | { event: 'synthesizing'; step: string; seconds: number }
  | {
      event: 'ready'
      seconds: number
      endpoint: string
      home: string
      attached: boolean
    }
  | { event: 'uploaded'; fax: string; file: string; from: string; to: string; bytes: number; where: string }
  | { event: 'not uploaded'; file: string; text: string }
  | Converted
  | { event: 'routed'; fax: string; backends: string[] }
  | { event: 'unrouted' | 'refused' | 'missed'; fax: string; text: string }
  | { event: 'retry'; fax: string; backend: string; attempt: number; text: string; nextAttemptAt: string }
  | { event: 'delivered'; fax: string; backend: string; attempt: number; where: string; text: string }
  | { event: 'failed'; fax: string; backend: string; attempt: number; text: string }
  | { event: 'note' | 'problem'; text: string }
  | Summary

interface Converted {
  event: 'converted'
  fax: string
  pages: number
  damagedRows: number
  warnings: string[]
  milliseconds: number
  bytes: number
  where: string
}

/**
 * Deliveries, counted; a fax that came to none (no TIFF, no number, not even uploaded) counts as one failed.
 */
export interface Summary {
  event: 'summary'
  faxes: number
  delivered: number
  failed: number
}

export type Show = (event: ShownEvent) => void

/** Counts what was shown. */
export function summarize(events: readonly ShownEvent[]): Summary {
  const count = (...names: ShownEvent['event'][]) =>
    events.filter(({ event }) => names.includes(event)).length
  return {
    event: 'summary',
    faxes: count('uploaded', 'not uploaded'),
    delivered: count('delivered'),
    failed: count('failed', 'unrouted', 'refused', 'missed', 'not uploaded'),
  }
}
