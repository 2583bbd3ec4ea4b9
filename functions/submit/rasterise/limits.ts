/**
 * What a PDF may ask for. All of it is counted, in bytes, pages and pixels, so that a document is refused or not whatever the machine and
 * its load.
 */
export interface RasteriseLimits {
  fileBytes: number
  pages: number
  /** Of a page's longer side: A0 has 46.8 inches. */
  pageInches: number
  /** Of an image in the PDF, as it is stored. A4 at 1200 dpi has 139 million, at 600 dpi 35. */
  imagePixels: number
  /** What all objects of a page cover together, counted in pages. A map or a drawing of layers has some tens. */
  coveredPages: number
  /** Objects of a page: letters' runs, lines, pictures, those inside of others counted as well. */
  objects: number
  /** PDFium's memory, with the document in it. */
  memoryBytes: number
  /** The TIFF. */
  tiffBytes: number
}

export const DEFAULT_LIMITS: RasteriseLimits = {
  fileBytes: 50_000_000,
  pages: 500,
  pageInches: 48,
  imagePixels: 140_000_000,
  coveredPages: 400,
  objects: 500_000,
  memoryBytes: 320 * 1024 * 1024,
  tiffBytes: 100_000_000,
}
