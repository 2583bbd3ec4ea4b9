/** A file that can't be converted, with what was found, in words for an operator. */
export class ConversionRefused extends Error {
  override readonly name = 'ConversionRefused'
  /** Where in the TIFF the reason stands, in bytes from its start. */
  readonly byteOffset: number | undefined

  constructor(reason: string, byteOffset?: number) {
    super(byteOffset === undefined ? reason : `${reason} (at byte ${byteOffset})`)
    this.byteOffset = byteOffset
  }
}
