import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signingKey } from '../signature.ts'
import { type ChunkSigning, decodeChunks } from './chunked-body.ts'

async function* inPieces(bytes: Buffer, cuts: number[]): AsyncGenerator<Buffer> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  for (const [index, place] of places.entries()) if (index > 0) yield bytes.subarray(places[index - 1], place)
}

async function decode(
  body: string | Buffer,
  { cuts = [], signing }: { cuts?: number[]; signing?: ChunkSigning } = {},
) {
  const trailers = new Map<string, string>()
  const pieces: Buffer[] = []
  for await (const piece of decodeChunks(inPieces(Buffer.from(body), cuts), trailers, signing))
    pieces.push(Buffer.from(piece))
  return { data: Buffer.concat(pieces), trailers: Object.fromEntries(trailers) }
}

test('gives the bytes of any chunks, however the body comes in pieces', async () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(chunks, fc.array(fc.nat(400), { maxLength: 8 }), async (data, cuts) => {
      const framed = data.flatMap((chunk) => [
        Buffer.from(`${chunk.length.toString(16)}\r\n`),
        chunk,
        Buffer.from('\r\n'),
      ])
      const body = Buffer.concat([...framed, Buffer.from('0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n')])
      const decoded = await decode(body, { cuts })
      expect(decoded.data.equals(Buffer.concat(data))).toBe(true)
      expect(decoded.trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAAAA==' })
    }),
  )
})

test.each([
  ['a chunk that is longer than its header says', '3\r\nabcd\r\n0\r\n\r\n', 'longer than its header'],
  ['a header that is no number', 'zz\r\nab\r\n0\r\n\r\n', 'a chunk begins with "zz"'],
  ['a body that ends in a chunk', '5\r\nabc', 'terminated unexpectedly'],
  ['a body without the last chunk', '3\r\nabc\r\n', 'terminated unexpectedly'],
  ['a line without end', 'a'.repeat(10_000), 'a line has no end'],
  ['a trailer without a colon', '0\r\nnonsense\r\n\r\n', 'a trailer reads "nonsense"'],
])('refuses %s', async (_, body, message) => {
  await expect(decode(body)).rejects.toThrow(message)
})

/** The example of "Signature calculations for the Authorization header: transferring payload in multiple chunks". */
describe('signed chunks', () => {
  const scope = '20130524/us-east-1/s3/aws4_request'
  const signing: ChunkSigning = {
    key: signingKey(scope, 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
    timestamp: '20130524T000000Z',
    scope,
    seedSignature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  }
  const chunk = (sizeBytes: number, signature: string) =>
    `${sizeBytes.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(sizeBytes)}\r\n`
  const body = [
    chunk(65536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
    chunk(1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
    chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
  ].join('')

  test('are taken when their signatures are right', async () => {
    expect((await decode(body, { signing })).data.equals(Buffer.alloc(66_560, 'a'))).toBe(true)
  })

  test.each([
    ['one byte differs', body.replace('a\r\n400', 'b\r\n400')],
    ['a chunk is left out', body.replace(/400;[\s\S]*?\r\n[\s\S]*?\r\n/, '')],
    ['a signature is left out', body.replace(/;chunk-signature=0055[0-9a-f]*/, '')],
    ['a trailer is not signed', body.replace(/\r\n$/, 'x-amz-checksum-crc32:AAAAAA==\r\n\r\n')],
  ])('are refused when %s', async (_, forged) => {
    expect(forged).not.toBe(body)
    await expect(decode(forged, { signing })).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
  })
})
