/**
 * What a TIFF may ask for. Everything is counted while parsing, so a file made to exhaust the converter is refused at
 * the same byte on a fast machine and a slow one.
 */
export const LIMITS = {
  /** Positions in coded rows are counted in bits, in 31 of them. */
  fileBytes: 256 * 1024 * 1024 - 64,
  pages: 2_000,
  /** A 600 dpi A2 scan has 140 million; an A4 fax in the finest mode has 16. */
  pixelsPerPage: 200_000_000,
  pixelsPerFile: 4_000_000_000,
  /**
   * Beyond it, strips that read badly are no longer tried in other codings. So much for any file, and so much for each
   * of its bytes: 200 pages whose tags are all wrong take a tenth.
   */
  trialPixelsPerFile: 500_000_000,
  trialPixelsPerFileByte: 2_000,
  /** The T.4 make-up codes serve any width, but no fax or scan comes near this one. */
  widthPixels: 65_535,
  heightPixels: 1_000_000,
  /** Coded bytes of all pages together, as a multiple of the file: pages that share their strips are not honest. */
  codedBytesPerFileByte: 4,
  /** Red, green, blue, alpha, or cyan to black with some to spare. */
  samplesPerPixel: 8,
  /** Pages in no fax coding are unpacked to their samples; an A4 page in colour at 600 dpi has 104 million. */
  rasterBytesPerPage: 128 * 1024 * 1024,
  rasterBytesPerFile: 128 * 1024 * 1024,
  rasterBytesPerFileByte: 64,
  /** Starting the inflation of one more strip or tile costs as much time as unpacking so many bytes. */
  rasterBytesPerSegment: 8 * 1024,
  /** Changes of colour that packed pages may unpack to: a letter has 100,000, a halftone that packs well a million. */
  transitionsPerFile: 64_000_000,
  transitionsPerFileByte: 64,
  imageBytesPerFile: 512 * 1024 * 1024,
  fieldsPerDirectory: 4_096,
  segmentsPerPage: 100_000,
} as const
