/**
 * For DAHDI's channels. Its driver hears the calling tone itself: it then keeps larger buffers for the fax, and jumps to extension fax where
 * the call's context has one, which are ours alone.
 */
export function dahdiOptions(): string {
  return ['faxdetect = incoming', 'faxbuffers = 12,half'].map((line) => `${line}\n`).join('')
}
