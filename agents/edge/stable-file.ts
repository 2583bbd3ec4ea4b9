import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'

/** The file is not what it was when the reading began: somebody still writes it, or put another in its place. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError'
  constructor(path: string, what: string) {
    super(`${path} changed while it was read (${what}); a fax is taken up only once it is complete`)
  }
}

/** What tells a file from another of its name, and from itself after a change. */
export type FileIdentity = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs'>

export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return differenceOf(one, other) === undefined
}

/** A file that is read more than once and must be the same each time. */
export interface StableFile {
  path: string
  /** Undefined where there is no file. */
  identity: FileIdentity | undefined
  sizeBytes: number
  /** The whole file from its beginning, as often as wanted; `onBytes` gets the count so far. */
  read: (onBytes?: (readBytes: number) => void) => Readable
  /** @throws FileChangedError */
  assertUnchanged: () => Promise<void>
}

export async function withStableFile<T>(path: string, action: (file: StableFile) => Promise<T>): Promise<T> {
  // Without O_NONBLOCK a named pipe in the spool would block here until somebody wrote to it.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const before = await handle.stat({ bigint: true })
    if (!before.isFile()) throw new Error(`${path} is no regular file`)
    return await action(stableFile(path, handle, before))
  } finally {
    await handle.close()
  }
}

/** A file that is not there, and must not come to be while it counts as empty. */
export async function withNoFile<T>(path: string, action: (file: StableFile) => Promise<T>): Promise<T> {
  return await action({
    path,
    identity: undefined,
    sizeBytes: 0,
    read: () => Readable.from([]),
    assertUnchanged: async () => {
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (found !== undefined) throw new FileChangedError(path, 'it was not there before')
    },
  })
}

function stableFile(path: string, handle: FileHandle, before: BigIntStats): StableFile {
  const sizeBytes = Number(before.size)
  const kept: Uint8Array[] | undefined = sizeBytes <= KEPT_BYTES ? [] : undefined
  return {
    path,
    identity: before,
    sizeBytes,
    read: (onBytes) =>
      Readable.from(wholeFile({ path, handle, sizeBytes, kept }, onBytes), { objectMode: false }),
    assertUnchanged: async () => {
      // By path, not by handle: a file that was renamed over ours is a change too, and the caller deletes by path.
      const change = differenceOf(before, await stat(path, { bigint: true }))
      if (change !== undefined) throw new FileChangedError(path, change)
    },
  }
}

const CHUNK_BYTES = 65_536
/** A file up to this size is read from the disk once; most faxes are smaller. */
const KEPT_BYTES = 524_288

interface Reading {
  path: string
  handle: FileHandle
  sizeBytes: number
  /** The pieces read so far, from the beginning on; undefined where too much would have to be kept. */
  kept: Uint8Array[] | undefined
}

/** Reads by position, since one handle serves several readings and a reading may be broken off. */
async function* wholeFile(
  { path, handle, sizeBytes, kept }: Reading,
  onBytes: (readBytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  let readBytes = 0
  for (let index = 0; readBytes < sizeBytes; index += 1) {
    const piece = kept?.[index] ?? (await readPiece(handle, readBytes, sizeBytes))
    // Fewer bytes than announced would leave the receiver waiting for the rest.
    if (piece.length === 0) throw new FileChangedError(path, `${sizeBytes} bytes before, ${readBytes} now`)
    if (kept !== undefined) kept[index] = piece
    readBytes += piece.length
    onBytes(readBytes)
    yield piece
  }
}

async function readPiece(handle: FileHandle, position: number, sizeBytes: number): Promise<Uint8Array> {
  const piece = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes - position))
  const { bytesRead } = await handle.read(piece, 0, piece.length, position)
  return piece.subarray(0, bytesRead)
}

function differenceOf(before: FileIdentity, now: FileIdentity): string | undefined {
  if (before.ino !== now.ino || before.dev !== now.dev) return 'another file has its name'
  if (before.size !== now.size) return `${before.size} bytes before, ${now.size} now`
  if (before.mtimeNs !== now.mtimeNs) return 'written to meanwhile'
  return undefined
}
