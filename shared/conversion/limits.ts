/**
 * What a TIFF may ask for. Everything is counted while parsing, so a file made to exhaust the converter is refused at
 * the same byte on a fast machine and a slow one.
 */
export const LIMITS = {
  pages: 2_000,
  /** A 600 dpi A2 scan has 140 million; an A4 fax in the finest mode has 16. */
  pixelsPerPage: 200_000_000,
  pixelsPerFile: 4_000_000_000,
  /** The T.4 make-up codes serve any width, but no fax or scan comes near this one. */
  widthPixels: 65_535,
  heightPixels: 1_000_000,
  /** Coded bytes of all pages together, as a multiple of the file: pages that share their strips are not honest. */
  codedBytesPerFileByte: 4,
  /** Pages in no fax coding are unpacked to their samples. */
  rasterBytesPerFile: 512 * 1024 * 1024,
  imageBytesPerFile: 512 * 1024 * 1024,
  fieldsPerDirectory: 4_096,
  segmentsPerPage: 100_000,
} as const
