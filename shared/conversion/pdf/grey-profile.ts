/**
 * The smallest ICC profile (version 2.1) that describes a grey display: white point D50, gamma 2.2. PDF/A wants one so
 * that DeviceGray means something.
 */
export function makeGreyProfile(): Uint8Array {
  const tags = [
    { name: 'desc', body: description('Grey, gamma 2.2') },
    { name: 'cprt', body: Buffer.concat([Buffer.from('text\0\0\0\0No copyright\0', 'latin1')]) },
    { name: 'wtpt', body: Buffer.concat([Buffer.from('XYZ \0\0\0\0', 'latin1'), D50]) },
    { name: 'kTRC', body: Buffer.from([...Buffer.from('curv\0\0\0\0', 'latin1'), 0, 0, 0, 1, 0x02, 0x33]) },
  ]
  const table = Buffer.alloc(4 + tags.length * 12)
  table.writeUInt32BE(tags.length)
  const bodies: Buffer[] = []
  let at = HEADER_BYTES + table.length
  for (const [index, { name, body }] of tags.entries()) {
    const entry = 4 + index * 12
    table.write(name, entry, 'latin1')
    table.writeUInt32BE(at, entry + 4)
    table.writeUInt32BE(body.length, entry + 8)
    const padded = Buffer.concat([body], (body.length + 3) & ~3)
    bodies.push(padded)
    at += padded.length
  }
  return Buffer.concat([header(at), table, ...bodies])
}

const HEADER_BYTES = 128

/** s15Fixed16: 0.9642, 1, 0.8249. */
const D50 = Buffer.from('0000f6d6000100000000d32d', 'hex')

function header(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt32BE(sizeBytes, 0)
  bytes.writeUInt32BE(0x02100000, 8)
  bytes.write('mntrGRAYXYZ ', 12, 'latin1')
  // The date of the profile: any, but always the same one.
  bytes.writeUInt16BE(2026, 24)
  bytes.writeUInt16BE(1, 26)
  bytes.writeUInt16BE(1, 28)
  bytes.write('acsp', 36, 'latin1')
  D50.copy(bytes, 68)
  return bytes
}

/** ICC.1:2001, textDescriptionType: the ASCII text, then an empty Unicode and an empty Macintosh one. */
function description(text: string): Buffer {
  const bytes = Buffer.alloc(12 + text.length + 1 + 8 + 70)
  bytes.write('desc', 0, 'latin1')
  bytes.writeUInt32BE(text.length + 1, 8)
  bytes.write(text, 12, 'latin1')
  return bytes
}
