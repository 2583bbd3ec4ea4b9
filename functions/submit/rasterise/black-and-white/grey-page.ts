/** Two millimetres: less than a letter of a heading, more than the stroke of one. Every width of a fax is a multiple of it. */
export const BLOCK_PIXELS = 16
export const WORDS_PER_BLOCK = BLOCK_PIXELS / 4

/** A page as PDFium drew it: a byte a pixel, 0 black to 255 white. The width is a multiple of {@link BLOCK_PIXELS}. */
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

/** White if all pixels of a block's row are. */
export function wordsTogether(words: Int32Array, first: number): number {
  return (
    (words[first] as number) &
    (words[first + 1] as number) &
    (words[first + 2] as number) &
    (words[first + 3] as number)
  )
}

/** Whether the first rows have nothing on them. */
export function isBlank({ words, widthPixels }: GreyPage, rows: number): boolean {
  const end = (widthPixels * rows) >> 2
  for (let index = 0; index < end; index++) if (words[index] !== WHITE_WORD) return false
  return true
}
