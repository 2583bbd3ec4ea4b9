import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileInZip } from './zip.ts'

/** An archive as a deployment makes it, by APPNOTE.TXT 4.3. */
function zip(files: Record<string, string>, method: 0 | 8 = 8, comment = ''): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const data = method === 8 ? deflateRawSync(content) : Buffer.from(content)
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x04034b50, 0)
    header.writeUInt16LE(Buffer.byteLength(name), 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(data.length, 20)
    entry.writeUInt32LE(Buffer.byteLength(content), 24)
    entry.writeUInt16LE(Buffer.byteLength(name), 28)
    entry.writeUInt32LE(offset, 42)
    parts.push(header, Buffer.from(name), data)
    directory.push(entry, Buffer.from(name))
    offset += header.length + Buffer.byteLength(name) + data.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(Buffer.byteLength(comment), 20)
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)])
}

const FILES = { 'index.mjs': 'code'.repeat(1000), 'routing-table.json': '{"version":1}' }

describe('a file in a zip archive', () => {
  it.each([
    ['deflated', zip(FILES)],
    ['stored', zip(FILES, 0)],
    ['in an archive with a comment', zip(FILES, 8, 'a comment')],
  ])('%s is read', (_, archive) => {
    const file = fileInZip(archive, 'routing-table.json')
    expect(file && Buffer.from(file).toString()).toBe('{"version":1}')
    expect(fileInZip(archive, 'routing-table')).toBeUndefined()
  })

  it('of an archive that was cut off or damaged is an error or what it was, and never hangs', () => {
    const whole = zip(FILES)
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const archive = cut ? whole.subarray(0, at) : Buffer.from(whole)
        if (!cut) archive[at] = byte
        try {
          fileInZip(archive, 'routing-table.json')
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { numRuns: 300 },
    )
    expect(() => fileInZip(Buffer.from('no archive'), 'x')).toThrow('not whole')
  })
})
