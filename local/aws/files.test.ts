import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeFileName, unescapeFileName } from './files.ts'

const text = fc.string({
  unit: fc.constantFrom('a', '%', '/', '\\', '.', ' ', '\0', ':', '\n', '\u0085', 'ü', '\u{1f4e0}', '2', 'F'),
  maxLength: 20,
})

test('a file name holds nothing that a file system can not, and gives the text back', () => {
  fc.assert(
    fc.property(text, (original) => {
      const name = escapeFileName(original)
      expect(name).toMatch(/^[^/\\<>:"|?*\p{Cc}]+$/u)
      expect(name).not.toMatch(/^\.+$|[. ]$/)
      expect(unescapeFileName(name)).toBe(original)
    }),
  )
})

test('a long text becomes a name of at most 200 bytes, of its own', () => {
  const long = fc.string({
    unit: fc.constantFrom('a', 'ü', '/', '\u{1f4e0}'),
    minLength: 210,
    maxLength: 260,
  })
  fc.assert(
    fc.property(long, long, (one, other) => {
      fc.pre(one !== other)
      expect(Buffer.byteLength(escapeFileName(one))).toBeLessThanOrEqual(200)
      expect(escapeFileName(one)).not.toBe(escapeFileName(other))
      expect(unescapeFileName(escapeFileName(one))).toBeUndefined()
    }),
  )
})
