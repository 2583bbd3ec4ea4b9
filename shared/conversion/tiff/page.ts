import { LIMITS } from '../limits.ts'
import { ConversionRefused } from '../refusal.ts'
import { type Directory, firstCount, numbers } from './directory.ts'
import { TAG } from './tags.ts'

export const COMPRESSION = {
  none: 1,
  runLength: 2,
  t4: 3,
  t6: 4,
  lzw: 5,
  oldJpeg: 6,
  jpeg: 7,
  deflate: 8,
  oldDeflate: 32946,
  runLengthWord: 32771,
  packBits: 32773,
} as const

export const PHOTOMETRIC = {
  minIsWhite: 0,
  minIsBlack: 1,
  rgb: 2,
  palette: 3,
  cmyk: 5,
  ycbcr: 6,
  faxLab: 10,
} as const

/** Coded bytes of one strip or tile: a range of the file, inside it. */
export interface Segment {
  at: number
  length: number
}

/** What a directory says of its page, defaults filled in; what it says of the coding may still be wrong. */
export interface TiffPage {
  directory: Directory
  widthPixels: number
  /** Undefined if missing, zero or impossible. */
  heightPixels: number | undefined
  bitsPerSample: number[]
  samplesPerPixel: number
  planar: boolean
  compression: number
  photometric: number
  /** Bits of a byte from the least significant on. */
  leastSignificantFirst: boolean
  t4TwoDimensional: boolean
  predictor: number
  orientation: number
  rowsPerSegment: number
  /** Undefined: strips. */
  tileWidthPixels: number | undefined
  segments: Segment[]
  /** Of the segments, those whose stated range was not inside the file and was cut. */
  cutSegments: number
}

export function readPage(directory: Directory): TiffPage {
  const widthPixels = requiredWidth(directory)
  const height = firstCount(directory, TAG.imageLength)
  const heightPixels =
    height !== undefined && height > 0 && height <= LIMITS.heightPixels ? height : undefined
  const tileWidth = firstCount(directory, TAG.tileWidth)
  const segmentHeight = firstCount(directory, tileWidth === undefined ? TAG.rowsPerStrip : TAG.tileLength)
  const samplesPerPixel = firstCount(directory, TAG.samplesPerPixel) ?? 1
  return {
    directory,
    widthPixels,
    heightPixels,
    bitsPerSample: numbers(directory, TAG.bitsPerSample, 64) ?? [1],
    samplesPerPixel,
    planar: samplesPerPixel > 1 && firstCount(directory, TAG.planarConfiguration) === 2,
    compression: firstCount(directory, TAG.compression) ?? COMPRESSION.none,
    photometric: firstCount(directory, TAG.photometricInterpretation) ?? PHOTOMETRIC.minIsWhite,
    leastSignificantFirst: firstCount(directory, TAG.fillOrder) === 2,
    t4TwoDimensional: ((firstCount(directory, TAG.t4Options) ?? 0) & 1) === 1,
    predictor: firstCount(directory, TAG.predictor) ?? 1,
    orientation: firstCount(directory, TAG.orientation) ?? 1,
    rowsPerSegment: segmentHeight !== undefined && segmentHeight > 0 ? segmentHeight : (heightPixels ?? 1),
    tileWidthPixels: tileWidth,
    ...readSegments(directory, tileWidth !== undefined),
  }
}

function requiredWidth(directory: Directory): number {
  const width = firstCount(directory, TAG.imageWidth)
  if (width === undefined) throw new ConversionRefused('a page without ImageWidth', directory.at)
  if (!(width >= 1 && width <= LIMITS.widthPixels)) {
    throw new ConversionRefused(`ImageWidth ${width}; 1 to ${LIMITS.widthPixels} is allowed`, directory.at)
  }
  return width
}

const SEGMENT_TABLES = [TAG.stripOffsets, TAG.stripByteCounts, TAG.tileOffsets, TAG.tileByteCounts]

/** Entries in the tables of where strips and tiles stand, as far as they are read: pages may share them. */
export function countSegmentEntries({ fields }: Directory): number {
  const counts = SEGMENT_TABLES.map((tag) => fields.get(tag)?.count ?? 0)
  return counts.reduce((sum, count) => (count > LIMITS.segmentsPerPage ? sum : sum + count), 0)
}

function readSegments(directory: Directory, tiled: boolean): Pick<TiffPage, 'segments' | 'cutSegments'> {
  const fileBytes = directory.source.bytes.length
  const offsets = numbers(directory, tiled ? TAG.tileOffsets : TAG.stripOffsets, LIMITS.segmentsPerPage)
  if (offsets === undefined)
    throw new ConversionRefused('a page without StripOffsets or TileOffsets', directory.at)
  const counts =
    numbers(directory, tiled ? TAG.tileByteCounts : TAG.stripByteCounts, LIMITS.segmentsPerPage) ?? []
  const following = nextOffsets(offsets, fileBytes)
  let cutSegments = 0
  const segments = offsets.map((at, index) => {
    if (!Number.isInteger(at) || at < 0 || at >= fileBytes) {
      throw new ConversionRefused(`a strip at byte ${at} of a file of ${fileBytes} bytes`, directory.at)
    }
    const stated = counts[index] ?? 0
    const usable = Number.isInteger(stated) && stated > 0 && at + stated <= fileBytes
    const length = usable ? stated : (following.get(at) ?? fileBytes) - at
    if (length !== stated) cutSegments++
    return { at, length }
  })
  return { segments, cutSegments }
}

/** For each offset, the next larger one: as far as a strip without a usable size can reach. */
function nextOffsets(offsets: readonly number[], fileBytes: number): Map<number, number> {
  const ascending = [...new Set([...offsets, fileBytes])].sort((one, other) => one - other)
  return new Map(ascending.slice(0, -1).map((at, index) => [at, ascending[index + 1] ?? fileBytes]))
}

export function segmentBytes(page: TiffPage, segment: Segment): Uint8Array {
  return page.directory.source.bytes.subarray(segment.at, segment.at + segment.length)
}
