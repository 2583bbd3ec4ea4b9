import { createHash } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import { equal, sha256, sign, signatureMismatch } from '../signature.ts'

/** A chunk header or a trailer line is a few dozen bytes. */
const LONGEST_LINE_BYTES = 4096

/** What chunk signatures are chained from (x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD…). */
export interface ChunkSigning {
  key: Buffer
  timestamp: string
  scope: string
  /** The signature of the request's headers, which the first chunk's signature includes. */
  seedSignature: string
}

/**
 * The bytes inside an aws-chunked body. Trailers are in `trailers` when it has ended. With `signing`, each chunk's
 * signature is checked when the chunk has passed: what was yielded is not to be trusted before the end.
 */
export async function* decodeChunks(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
  signing?: ChunkSigning,
): AsyncGenerator<Buffer> {
  const reader = new Reader(source)
  const chain = signing && chainSignatures(signing)
  for (;;) {
    const { sizeBytes, signature } = parseChunkHeader(await reader.line())
    const hash = chain && createHash('sha256')
    for await (const piece of reader.bytes(sizeBytes)) {
      hash?.update(piece)
      yield piece
    }
    if (chain && hash) chain.checkChunk(hash.digest('hex'), signature)
    if (sizeBytes === 0) break
    if ((await reader.line()) !== '') throw malformed('a chunk is longer than its header says')
  }
  await readTrailers(reader, trailers, chain)
}

function parseChunkHeader(line: string): { sizeBytes: number; signature: string } {
  const match = /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line)
  if (!match?.[1]) throw malformed(`a chunk begins with ${JSON.stringify(line.slice(0, 80))}`)
  return { sizeBytes: Number.parseInt(match[1], 16), signature: match[2] ?? '' }
}

async function readTrailers(
  reader: Reader,
  trailers: Map<string, string>,
  chain: Chain | undefined,
): Promise<void> {
  let signed = ''
  for (let line = await reader.lineOrEnd(); line; line = await reader.lineOrEnd()) {
    const colon = line.indexOf(':')
    if (colon < 1) throw malformed(`a trailer reads ${JSON.stringify(line.slice(0, 80))}`)
    const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    if (name === 'x-amz-trailer-signature') {
      chain?.checkTrailers(sha256(signed), value)
      signed = ''
    } else {
      trailers.set(name, value)
      signed += `${name}:${value}\n`
    }
  }
  if (chain && signed !== '') throw signatureMismatch()
}

interface Chain {
  checkChunk(dataHash: string, signature: string): void
  checkTrailers(trailersHash: string, signature: string): void
}

function chainSignatures({ key, timestamp, scope, seedSignature }: ChunkSigning): Chain {
  let previous = seedSignature
  const check = (algorithm: string, hashes: string[], signature: string) => {
    const expected = sign(key, [algorithm, timestamp, scope, previous, ...hashes])
    if (!equal(expected, signature)) throw signatureMismatch()
    previous = signature
  }
  return {
    checkChunk: (dataHash, signature) => check('AWS4-HMAC-SHA256-PAYLOAD', [sha256(''), dataHash], signature),
    checkTrailers: (trailersHash, signature) => check('AWS4-HMAC-SHA256-TRAILER', [trailersHash], signature),
  }
}

/** Lines and counted bytes of a body, in whatever pieces it comes. Holds no more than a piece and a line. */
class Reader {
  readonly #pieces: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#pieces = source[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    return (await this.lineOrEnd()) ?? throwIncomplete()
  }

  /** Undefined at the end. */
  async lineOrEnd(): Promise<string | undefined> {
    for (;;) {
      const end = this.#held.indexOf('\n')
      if (end < 0 && this.#held.length > LONGEST_LINE_BYTES) throw malformed('a line has no end')
      if (end >= 0) {
        const line = this.#held.toString('latin1', 0, end).replace(/\r$/, '')
        this.#held = this.#held.subarray(end + 1)
        return line
      }
      if (!(await this.#more())) return this.#held.length === 0 ? undefined : throwIncomplete()
    }
  }

  async *bytes(sizeBytes: number): AsyncGenerator<Buffer> {
    let left = sizeBytes
    while (left > 0) {
      if (this.#held.length === 0 && !(await this.#more())) throwIncomplete()
      const piece = this.#held.subarray(0, left)
      this.#held = this.#held.subarray(piece.length)
      left -= piece.length
      if (piece.length > 0) yield piece
    }
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#pieces.next()
    if (!done) this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value])
    return !done
  }
}

function throwIncomplete(): never {
  throw new AwsError(400, 'IncompleteBody', 'The request body terminated unexpectedly')
}

const malformed = (what: string) =>
  new AwsError(400, 'InvalidRequest', `The aws-chunked body is malformed: ${what}.`)
