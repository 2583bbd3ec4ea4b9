/**
 * What a PDF may ask for. It is counted, in bytes, pages and pixels, so that a document is refused or not whatever the machine and its
 * load.
 */
export interface RasteriseLimits {
  fileBytes: number
  pages: number
  /** Of a page's longer side: A0 has 46.8 inches. */
  pageInches: number
  /** Of the images of one page, as they are stored: A4 at 600 dpi has 35 million, A3 twice that. */
  imagePixels: number
  /**
   * What the objects of all pages cover, each counted by its box, in pages: so much for any document, and so much for each page of it. A
   * letter covers its page once, a plan of many layers some ten times.
   */
  covered: { document: number; page: number }
  /** Objects in the same way: a run of letters, a path, an image. */
  objects: { document: number; page: number }
  /** PDFium's memory, with the document in it. */
  memoryBytes: number
  /** The TIFF. */
  tiffBytes: number
  /**
   * The one clock, looked at between pages: a page can hold a hundred megabytes that draw nothing, which nobody counts. Less than the
   * function's own time limit, so that the sender has an answer.
   */
  seconds: number
}

export const DEFAULT_LIMITS: RasteriseLimits = {
  fileBytes: 50_000_000,
  pages: 500,
  pageInches: 48,
  imagePixels: 140_000_000,
  covered: { document: 400, page: 10 },
  objects: { document: 500_000, page: 10_000 },
  memoryBytes: 256 * 1024 * 1024,
  tiffBytes: 100_000_000,
  seconds: 240,
}
