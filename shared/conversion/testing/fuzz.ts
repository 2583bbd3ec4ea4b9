/**
 * Throws damaged and made-up TIFFs at the conversion until the time is over:
 *
 *     node --import tsx shared/conversion/testing/fuzz.ts [--seconds 600] [--seed 1]
 *
 * It stops with exit code 1, and the file that did it as fuzz-failure.tif in the working directory, if anything but a PDF
 * or a refusal comes out, or if a file of at most a megabyte takes more than SLOWEST_MS of processor time. At the end it
 * tells the slowest file (kept as fuzz-slowest.tif) and the memory at its highest.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { deflateSync } from 'node:zlib'
import { ConversionRefused, convertTiffToPdf } from '../convert.ts'
import { TAG } from '../tiff/tags.ts'
import { readSample, SAMPLES } from './samples.ts'
import { type PageToWrite, type TagValue, writeTiff } from './tiff-writer.ts'

const SLOWEST_MS = 4_000

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string', default: '1' } },
})

/** Marsaglia's xorshift: the same files for the same seed. */
let state = Number(values.seed) | 1
function random(): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) / 2 ** 32
}

const below = (limit: number): number => Math.floor(random() * limit)
const oneOf = <Value>(list: readonly [Value, ...Value[]]): Value => list[below(list.length)] ?? list[0]

const samples = SAMPLES.map(({ name }) => readSample(name))

/** A fax that was received, with bits, bytes and stretches of it changed. */
function damaged(): Uint8Array {
  const tiff = Uint8Array.from(samples[below(samples.length)] ?? [])
  // The directory stands at the end of these files; it deserves half of the damage.
  const place = (): number => (random() < 0.5 ? tiff.length - 1 - below(400) : below(tiff.length))
  for (let change = 1 + below(12); change > 0; change--) {
    const at = place()
    const kind = below(4)
    if (kind === 0) tiff[at] = (tiff[at] ?? 0) ^ (1 << below(8))
    else if (kind === 1) tiff[at] = oneOf([0, 0xff, below(256)])
    else if (kind === 2) tiff.fill(oneOf([0, 0xff, 0x55]), at, at + below(2_000))
    else tiff.copyWithin(at, place(), place())
  }
  return random() < 0.2 ? tiff.subarray(0, below(tiff.length)) : tiff
}

function someBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const kind = below(4)
  if (kind === 0) return bytes.fill(oneOf([0, 0xff, 0x55, 0x80, below(256)]))
  if (kind === 1) return bytes.map(() => below(256))
  const period = 1 + below(6)
  const pattern = Array.from({ length: period }, () => below(256))
  for (let index = 0; index < length; index++) bytes[index] = pattern[index % period] ?? 0
  return kind === 2 ? bytes : deflateSync(bytes)
}

/** Sizes that are honest, at the edge of the limits, or beyond. */
function size(): number {
  return oneOf([1 + below(40), 1728, below(10_000), 65_535, 1_000_000, below(2 ** 32)])
}

function someTags(): Record<number, TagValue> {
  const bits = oneOf([1, 1, 1, 2, 4, 8, 16, below(70)])
  const samplesPerPixel = oneOf([1, 1, 1, 3, 4, below(10)])
  const tags: Record<number, TagValue> = {
    [TAG.imageWidth]: size(),
    [TAG.imageLength]: size(),
    [TAG.bitsPerSample]: new Array<number>(samplesPerPixel).fill(bits),
    [TAG.compression]: oneOf([2, 3, 3, 4, 4, 1, 5, 7, 8, 32_773, below(40_000)]),
    [TAG.photometricInterpretation]: oneOf([0, 1, 0, 1, 2, 3, 5, 6, 10]),
    [TAG.samplesPerPixel]: samplesPerPixel,
    [TAG.rowsPerStrip]: oneOf([1, size(), size()]),
    [TAG.t4Options]: below(8),
    [TAG.fillOrder]: 1 + below(2),
  }
  if (random() < 0.2) tags[TAG.predictor] = 1 + below(3)
  if (random() < 0.2) tags[TAG.orientation] = below(10)
  if (random() < 0.2)
    Object.assign(tags, { [TAG.tileWidth]: oneOf([8, 64, size()]), [TAG.tileLength]: size() })
  if (random() < 0.1) tags[TAG.colorMap] = new Array<number>(3 << Math.min(bits, 8)).fill(below(65_536))
  if (random() < 0.1) tags[TAG.badFaxLines] = size()
  // Strips that many pages share, or that lie anywhere.
  if (random() < 0.2) tags[TAG.stripOffsets] = new Array<number>(1 + below(3_000)).fill(8 + below(1_000))
  if (random() < 0.2) tags[TAG.stripByteCounts] = new Array<number>(1 + below(3_000)).fill(below(100_000))
  return tags
}

function madeUp(): Uint8Array {
  const page = (): PageToWrite => ({
    tags: someTags(),
    segments: Array.from({ length: oneOf([1, 1, below(20), below(500)]) }, () =>
      someBytes(oneOf([below(20), below(2_000), below(40_000)])),
    ),
  })
  const pages = Array.from({ length: oneOf([1, 1, 2, below(30)]) }, page)
  return writeTiff(pages, { bigEndian: random() < 0.3, big: random() < 0.2 })
}

const MOST_BYTES = 1_000_000
const counts = { converted: 0, refused: 0 }
let slowestMs = 0

function convert(tiff: Uint8Array): void {
  const start = process.cpuUsage()
  try {
    convertTiffToPdf(tiff, {})
    counts.converted++
  } catch (error) {
    if (!(error instanceof ConversionRefused)) throw error
    counts.refused++
  }
  const { user, system } = process.cpuUsage(start)
  const ms = (user + system) / 1000
  if (ms > slowestMs) {
    slowestMs = ms
    writeFileSync('fuzz-slowest.tif', tiff)
  }
  if (ms > SLOWEST_MS) throw new Error(`${tiff.length} bytes took ${ms.toFixed(0)} ms of processor time`)
}

const end = performance.now() + Number(values.seconds) * 1000
while (performance.now() < end) {
  const tiff = random() < 0.5 ? damaged() : madeUp()
  if (tiff.length > MOST_BYTES) continue
  try {
    convert(tiff)
  } catch (error) {
    writeFileSync('fuzz-failure.tif', tiff)
    throw error
  }
}
const peakMegabytes = process.resourceUsage().maxRSS / 1000
console.log(
  `${counts.converted} converted, ${counts.refused} refused; the slowest took ${slowestMs.toFixed(0)} ms of processor time; memory at its highest ${peakMegabytes.toFixed(0)} MB`,
)
