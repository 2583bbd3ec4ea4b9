import { createHash } from 'node:crypto'
import type { HeadAnswer, IncomingBucket, PutAnswer, TiffToPut } from './incoming-bucket.ts'

/**
 * What befalls one call: `no answer` leaves nothing, `answer lost` does the work and does not say so, `damaged` flips a bit on the
 * way, `killed before` and `killed after` end the caller around the work.
 */
export type Mishap =
  | 'none'
  | 'no answer'
  | 'conflict'
  | 'answer lost'
  | 'damaged'
  | 'killed before'
  | 'killed after'

/** The caller's process is gone: nothing that it would have done next may happen. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

export interface StoredTiff {
  bytes: Buffer
  sha256: string
  metadata: Record<string, string>
}

/** The bucket as a test has it: it keeps what was put, and lets each call meet the next mishap of a list. */
export class MemoryIncoming implements IncomingBucket {
  readonly objects = new Map<string, StoredTiff>()
  puts = 0
  private mishaps: Mishap[]

  constructor(mishaps: Mishap[] = []) {
    this.mishaps = [...mishaps]
  }

  putTiff = async (tiff: TiffToPut): Promise<PutAnswer> => {
    this.puts += 1
    return await this.meet(
      async (mishap) => await this.store(tiff, mishap === 'damaged'),
      (reason) => ({ answer: 'unavailable', reason }),
    )
  }

  headTiff = async (key: string): Promise<HeadAnswer> =>
    await this.meet<HeadAnswer>(
      async () => {
        const object = this.objects.get(key)
        if (object === undefined) return { answer: 'missing' }
        return { answer: 'found', sizeBytes: object.bytes.length, sha256: object.sha256 }
      },
      (reason) => ({ answer: 'unavailable', reason }),
    )

  private async store(tiff: TiffToPut, damaged: boolean): Promise<PutAnswer> {
    if (this.objects.has(tiff.key)) return { answer: 'exists' }
    const bytes = await this.receive(tiff)
    const [first] = bytes
    if (damaged && first !== undefined) bytes[0] = first ^ 1
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (sha256 !== tiff.sha256 || bytes.length !== tiff.sizeBytes) {
      return { answer: 'unavailable', reason: 'BadDigest' }
    }
    this.objects.set(tiff.key, { bytes, sha256, metadata: tiff.metadata })
    return { answer: 'stored', sha256 }
  }

  private async receive(tiff: TiffToPut): Promise<Buffer> {
    const body = tiff.open(() => {})
    try {
      return Buffer.concat(await body.toArray())
    } finally {
      body.destroy()
    }
  }

  private async meet<T>(
    work: (mishap: Mishap) => Promise<T>,
    unavailable: (reason: string) => T,
  ): Promise<T> {
    const mishap = this.mishaps.shift() ?? 'none'
    if (mishap === 'killed before') throw new Killed()
    if (mishap === 'no answer' || mishap === 'conflict') return unavailable(mishap)
    const answer = await work(mishap)
    if (mishap === 'killed after') throw new Killed()
    return mishap === 'answer lost' ? unavailable(mishap) : answer
  }
}
