/** A page as PDFium drew it: a byte a pixel, 0 black to 255 white. The width is a multiple of four. */
export interface GreyPage {
  pixels: Uint8Array
  /** The same bytes, four at a time: most of a page is white, and found so in a quarter of the steps. */
  words: Int32Array
  widthPixels: number
  heightRows: number
  /** Rows to the inch; columns are 204. */
  verticalDpi: number
}

export const WHITE_WORD = -1
export const WHITE = 255

export function greyPage(
  buffer: ArrayBufferLike,
  offset: number,
  { widthPixels, heightRows, verticalDpi }: Pick<GreyPage, 'widthPixels' | 'heightRows' | 'verticalDpi'>,
): GreyPage {
  const length = widthPixels * heightRows
  return {
    pixels: new Uint8Array(buffer, offset, length),
    words: new Int32Array(buffer, offset, length >> 2),
    widthPixels,
    heightRows,
    verticalDpi,
  }
}

/** Whether the first rows have nothing on them. */
export function isBlank({ words, widthPixels }: GreyPage, rows: number): boolean {
  const end = (widthPixels * rows) >> 2
  for (let index = 0; index < end; index++) if (words[index] !== WHITE_WORD) return false
  return true
}
