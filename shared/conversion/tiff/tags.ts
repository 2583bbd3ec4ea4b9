/** The tags that matter here: TIFF 6.0, the fax profile of RFC 2301, and 326 to 328 of TIFF class F. */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometricInterpretation: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  t4Options: 292,
  t6Options: 293,
  resolutionUnit: 296,
  pageNumber: 297,
  dateTime: 306,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  badFaxLines: 326,
  cleanFaxData: 327,
  consecutiveBadFaxLines: 328,
  extraSamples: 338,
  jpegTables: 347,
  decode: 433,
} as const

export type TagNumber = (typeof TAG)[keyof typeof TAG]

export const TAG_NAMES = Object.fromEntries(
  Object.entries(TAG).map(([name, tag]) => [tag, `${name[0]?.toUpperCase()}${name.slice(1)}`]),
) as Record<TagNumber, string>
