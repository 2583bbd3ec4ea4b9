export const REFUSALS = [
  'not-a-pdf',
  'encrypted',
  'broken',
  'no-pages',
  'too-many-pages',
  'too-large',
  'page-too-large',
  'dynamic-form',
] as const
export type RefusalReason = (typeof REFUSALS)[number]

/** A document that can't become a fax; the message is one sentence for its sender. */
export class PdfRefused extends Error {
  override readonly name = 'PdfRefused'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string) {
    super(message)
    this.reason = reason
  }
}
