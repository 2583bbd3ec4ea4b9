import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConversionRefused, convertTiffToPdf } from './convert.ts'
import { readSample, SAMPLES } from './testing/samples.ts'
import { faxTags, writeTiff } from './testing/tiff-writer.ts'

/** Bounded work is counted, not timed, in the converter; this only shows that the counts are small enough. */
const LONGEST_MILLISECONDS = 5_000

function outcome(tiff: Uint8Array): string {
  const start = performance.now()
  try {
    const { pages } = convertTiffToPdf(tiff, {})
    expect(pages.length).toBeGreaterThan(0)
    return 'converted'
  } catch (error) {
    expect(error).toBeInstanceOf(ConversionRefused)
    return error instanceof ConversionRefused ? error.message : ''
  } finally {
    expect(performance.now() - start).toBeLessThan(LONGEST_MILLISECONDS)
  }
}

const LITTLE = [0x49, 0x49, 42, 0]

/** A classic little-endian TIFF whose directories stand where they are put. */
function bytes(...parts: (number | number[])[]): Uint8Array {
  return Uint8Array.from(parts.flat())
}

const EMPTY_DIRECTORY = [0, 0]

describe('what is refused, and how it is said', () => {
  const white = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x00, 0x10, 0x01)
  const cases: { what: string; tiff: Uint8Array; reason: RegExp }[] = [
    { what: 'nothing', tiff: bytes(), reason: /no TIFF: 0 bytes that start with nothing/ },
    { what: 'a PDF', tiff: Buffer.from('%PDF-1.4 and more'), reason: /no TIFF.*25504446.*at byte 0/ },
    { what: 'another version', tiff: bytes([0x49, 0x49, 41, 0], [8, 0, 0, 0]), reason: /version 41/ },
    {
      what: 'the header that a killed Asterisk leaves',
      tiff: bytes(LITTLE, [0, 0, 0, 0]),
      reason: /no page/,
    },
    {
      what: 'a directory behind the end',
      tiff: bytes(LITTLE, [0, 1, 0, 0]),
      reason: /directory would end at byte 258.*at byte 256/,
    },
    {
      what: 'a directory cut off',
      tiff: bytes(LITTLE, [8, 0, 0, 0], [9, 0]),
      reason: /a directory of 9 fields would end/,
    },
    {
      what: 'a chain that loops',
      tiff: bytes(LITTLE, [8, 0, 0, 0], EMPTY_DIRECTORY, [8, 0, 0, 0]),
      reason: /comes back to byte 8/,
    },
    {
      what: 'a page without a width',
      tiff: bytes(LITTLE, [8, 0, 0, 0], EMPTY_DIRECTORY, [0, 0, 0, 0]),
      reason: /without ImageWidth \(at byte 8\)/,
    },
    { what: 'no width', tiff: page({ 256: 0 }), reason: /ImageWidth 0; 1 to 65535/ },
    { what: 'a huge width', tiff: page({ 256: 70_000 }), reason: /ImageWidth 70000/ },
    {
      what: 'sizes that multiply past the limit',
      tiff: page({ 256: 60_000, 257: 60_000 }),
      reason: /60000x60000 pixels; the limit is 200000000/,
    },
    { what: 'a strip behind the end', tiff: page({ 273: [99_999] }), reason: /a strip at byte 99999/ },
    {
      what: 'an unknown compression',
      tiff: page({ 259: 34661 }),
      reason: /Compression 34661; supported are/,
    },
    {
      what: 'more tiles than any page has',
      tiff: page({ 256: 60_000, 257: 3_000, 259: 1, 262: 1, 322: 8, 323: 1 }),
      reason: /a page of 22500000 strips or tiles; the limit is 100000/,
    },
    {
      what: 'more samples than colours',
      tiff: page({ 259: 5, 277: 8_195 }),
      reason: /8195 samples a pixel; 1 to 8/,
    },
    {
      what: 'a page that unpacks to too much',
      tiff: page({ 256: 10_000, 257: 10_000, 258: 8, 259: 8, 262: 1, 277: 4 }, new Uint8Array(400_000)),
      reason: /unpacks to 400000000 bytes; the limit is 134217728/,
    },
    {
      what: 'bytes that are no rows',
      tiff: page({}, new Uint8Array(500)),
      reason: /no row of a page 1728 pixels wide/,
    },
    {
      what: 'stripes that pack well and take long to code',
      tiff: writeTiff(
        Array.from({ length: 2 }, () => ({
          tags: faxTags(20_000, 8_000, 8),
          segments: [deflateSync(new Uint8Array(20_000_000).fill(0x55))],
        })),
      ),
      reason: /packed pages with more than \d+ changes of colour/,
    },
    {
      what: 'directories that share their fields',
      tiff: overlappingDirectories(),
      reason: /more fields than a file of \d+ bytes holds/,
    },
    {
      what: 'pages that share a strip',
      tiff: writeTiff(
        Array.from({ length: 300 }, (_, index) => ({
          tags: faxTags(1728, 10, 4, index === 0 ? {} : { 273: [8], 279: [50_000] }),
          segments: index === 0 ? [new Uint8Array(50_000).fill(0xff)] : [],
        })),
      ),
      reason: /more than 4 times over/,
    },
  ]

  function page(tags: Record<number, number | number[]>, strip: Uint8Array = white): Uint8Array {
    return writeTiff([{ tags: faxTags(1728, 10, 4, tags), segments: [strip] }])
  }

  /** Each starts two fields behind the start of the one before it. */
  function overlappingDirectories(): Uint8Array {
    const [fields, pages, fieldBytes] = [1_000, 30, 12]
    const tiff = new Uint8Array(8 + (fields + 3 * pages) * fieldBytes)
    const view = new DataView(tiff.buffer)
    tiff.set([...LITTLE, 8, 0, 0, 0])
    for (let at = 10, tag = 0; at + fieldBytes <= tiff.length; at += fieldBytes) {
      view.setUint16(at, tag++, true)
      view.setUint16(at + 2, 4, true)
    }
    for (let page = 0; page < pages; page++) {
      const at = 8 + page * 2 * fieldBytes
      view.setUint16(at, fields, true)
      view.setUint32(at + 2 + fields * fieldBytes, at + 2 * fieldBytes, true)
    }
    return tiff
  }

  it.each(cases)('$what', ({ tiff, reason }) => {
    expect(outcome(tiff)).toMatch(reason)
  })

  it('a chain of too many directories', () => {
    const count = 2_001
    const tiff = new Uint8Array(8 + count * 6)
    tiff.set([...LITTLE, 8, 0, 0, 0])
    const view = new DataView(tiff.buffer)
    for (let index = 0; index < count - 1; index++)
      view.setUint32(8 + index * 6 + 2, 8 + (index + 1) * 6, true)
    expect(outcome(tiff)).toMatch(/more than 2000 pages/)
  })
})

describe('whatever comes in, it ends in a PDF or a refusal', () => {
  it('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (tiff) => void outcome(tiff)),
      { numRuns: 500 },
    )
  })

  it('any bytes behind a header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (rest, big) => {
        outcome(bytes(big ? [0x4d, 0x4d, 0, 42, 0, 0, 0, 8] : [...LITTLE, 8, 0, 0, 0], [...rest]))
      }),
      { numRuns: 500 },
    )
  })

  it('any tags on a page', () => {
    const tag = fc.constantFrom(
      256,
      257,
      258,
      259,
      262,
      266,
      273,
      274,
      277,
      278,
      279,
      282,
      283,
      284,
      292,
      296,
      317,
      320,
      322,
      323,
      324,
      325,
      326,
      327,
      338,
      347,
    )
    const value = fc.oneof(
      fc.nat(10),
      fc.nat(70_000),
      fc.nat(2 ** 32 - 1),
      fc.array(fc.nat(65_535), { maxLength: 5 }),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(tag, value), { maxLength: 6 }),
        fc.uint8Array({ maxLength: 200 }),
        (tags, strip) => {
          outcome(writeTiff([{ tags: faxTags(64, 20, 4, Object.fromEntries(tags)), segments: [strip] }]))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('bits flipped in a real fax', () => {
    const samples = SAMPLES.filter(({ name }) => name !== 'long-fine-ecm').map(({ name }) => readSample(name))
    const flip = fc.record({
      fromEnd: fc.boolean(),
      place: fc.double({ min: 0, max: 1, noNaN: true }),
      bit: fc.nat(7),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(flip, { minLength: 1, maxLength: 8 }),
        (sample, flips) => {
          const tiff = Uint8Array.from(sample)
          for (const { fromEnd, place, bit } of flips) {
            // The directory stands at the end of these files and deserves half of the flips.
            const at = fromEnd
              ? tiff.length - 1 - Math.floor(place * 380)
              : Math.floor(place * (tiff.length - 1))
            tiff[at] = (tiff[at] ?? 0) ^ (1 << bit)
          }
          outcome(tiff)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('a real fax cut off anywhere', () => {
    const sample = readSample('tsi-inject')
    fc.assert(
      fc.property(fc.nat(sample.length), (length) => void outcome(sample.subarray(0, length))),
      { numRuns: 200 },
    )
  })
})
