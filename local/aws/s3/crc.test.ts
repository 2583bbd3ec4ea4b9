import { describe, expect, test } from 'vitest'
import { CRC32, CRC32C, crc32, crc64nvme, type RunningDigest } from './crc.ts'

/** The check values of the catalogue of parametrised CRC algorithms: the digest of "123456789". */
describe.each<[name: string, start: () => RunningDigest, check: string]>([
  ['CRC-32/ISO-HDLC', () => crc32(CRC32), 'cbf43926'],
  ['CRC-32/ISCSI', () => crc32(CRC32C), 'e3069283'],
  ['CRC-64/NVME', crc64nvme, 'ae8b14860a799888'],
])('%s', (_, start, check) => {
  test('digests the check text, in whatever pieces', () => {
    for (const pieces of [['123456789'], ['1234', '', '56789'], [...'123456789']]) {
      const digest = start()
      for (const piece of pieces) digest.update(Buffer.from(piece))
      expect(digest.digest().toString('hex')).toBe(check)
    }
  })

  test('digests nothing to zero', () => {
    expect(
      start()
        .digest()
        .every((byte) => byte === 0),
    ).toBe(true)
  })
})
