/** A digest that is fed piece by piece. Node's own hashes have the same shape. */
export interface RunningDigest {
  update(piece: Buffer): unknown
  digest(): Buffer
}

/** Polynomials reflected, as both are defined. */
export const CRC32 = 0xedb88320
export const CRC32C = 0x82f63b78

export function crc32(polynomial: number): RunningDigest {
  const table = table32(polynomial)
  let crc = 0xffffffff
  return {
    update(piece) {
      for (const byte of piece) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
    },
    digest() {
      const result = Buffer.alloc(4)
      result.writeUInt32BE((crc ^ 0xffffffff) >>> 0)
      return result
    },
  }
}

const tables32 = new Map<number, Uint32Array>()

function table32(polynomial: number): Uint32Array {
  const known = tables32.get(polynomial)
  if (known) return known
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let entry = byte
    for (let bit = 0; bit < 8; bit++) entry = entry & 1 ? (entry >>> 1) ^ polynomial : entry >>> 1
    return entry
  })
  tables32.set(polynomial, table)
  return table
}

const CRC64NVME = 0x9a6c9329ac4bc9b5n

/** CRC-64/NVME, which S3 computes where the caller named no checksum. In two halves: BigInt would be a hundred times slower. */
export function crc64nvme(): RunningDigest {
  const [highTable, lowTable] = tables64()
  let high = 0xffffffff
  let low = 0xffffffff
  return {
    update(piece) {
      for (const byte of piece) {
        const index = (low ^ byte) & 0xff
        low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] ?? 0)
        high = (high >>> 8) ^ (highTable[index] ?? 0)
      }
    },
    digest() {
      const result = Buffer.alloc(8)
      result.writeUInt32BE((high ^ 0xffffffff) >>> 0, 0)
      result.writeUInt32BE((low ^ 0xffffffff) >>> 0, 4)
      return result
    },
  }
}

let halves64: [high: Uint32Array, low: Uint32Array] | undefined

function tables64(): [high: Uint32Array, low: Uint32Array] {
  if (halves64) return halves64
  halves64 = [new Uint32Array(256), new Uint32Array(256)]
  for (let byte = 0; byte < 256; byte++) {
    let entry = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) entry = entry & 1n ? (entry >> 1n) ^ CRC64NVME : entry >> 1n
    halves64[0][byte] = Number(entry >> 32n)
    halves64[1][byte] = Number(entry & 0xffffffffn)
  }
  return halves64
}
