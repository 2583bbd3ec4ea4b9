import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawable } from './header-band.ts'

it.each([
  ['Praxis Müller, Zürich', 'Praxis Müller, Zürich'],
  ['Łódź – Đuro’s “Œuvre” → 5 €', 'Lódz - Duro\'s "OEuvre" > 5 EUR'],
  ['Αθήνα 東京', '????? ??'],
  ['a\nb\u0000c', 'a?b?c'],
])('%j is drawn as %j', (text, drawn) => {
  expect(drawable(text)).toBe(drawn)
})

it('has nothing that the font has not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => /^[ -~\u00a1-\u00ff]*$/.test(drawable(text))),
  )
})
