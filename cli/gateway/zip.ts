import { inflateRawSync } from 'node:zlib'

/** Signatures and sizes of APPNOTE.TXT 4.3: the record that ends an archive, an entry of the central directory, a local header. */
const END_SIGNATURE = 0x06054b50
const END_BYTES = 22
const ENTRY_SIGNATURE = 0x02014b50
const ENTRY_BYTES = 46
const HEADER_SIGNATURE = 0x04034b50
const HEADER_BYTES = 30
const STORED = 0
const DEFLATED = 8

/** What a table of a hundred thousand numbers has is a tenth of it. */
const LARGEST_FILE_BYTES = 256 * 1024 * 1024

/** A file out of a zip archive; undefined where it holds none of the name. Throws for what is no whole archive. */
export function fileInZip(archive: Uint8Array, name: string): Uint8Array | undefined {
  const zip = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end === -1 || zip.length - end < END_BYTES || zip.readUInt32LE(end) !== END_SIGNATURE) throw notWhole()
  let entry = zip.readUInt32LE(end + 16)
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    if (entry + ENTRY_BYTES > end || zip.readUInt32LE(entry) !== ENTRY_SIGNATURE) throw notWhole()
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((at) => zip.readUInt16LE(entry + at)) as [
      number,
      number,
      number,
    ]
    const nameStart = entry + ENTRY_BYTES
    if (zip.toString('utf8', nameStart, nameStart + nameBytes) === name) return contentOf(zip, entry)
    entry = nameStart + nameBytes + extraBytes + commentBytes
  }
  return undefined
}

function contentOf(zip: Buffer, entry: number): Uint8Array {
  const method = zip.readUInt16LE(entry + 10)
  const compressedBytes = zip.readUInt32LE(entry + 20)
  const header = zip.readUInt32LE(entry + 42)
  if (header + HEADER_BYTES > zip.length || zip.readUInt32LE(header) !== HEADER_SIGNATURE) throw notWhole()
  const start = header + HEADER_BYTES + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
  const compressed = zip.subarray(start, start + compressedBytes)
  if (compressed.length < compressedBytes) throw notWhole()
  if (method !== STORED && method !== DEFLATED)
    throw new Error(`The archive is compressed by method ${method}, which nobody expects.`)
  return method === STORED ? compressed : inflateRawSync(compressed, { maxOutputLength: LARGEST_FILE_BYTES })
}

function notWhole(): Error {
  return new Error('The archive is not whole.')
}
