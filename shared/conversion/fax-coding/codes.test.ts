import { describe, expect, it } from 'vitest'
import { BLACK_CODES, type Code, HORIZONTAL_CODE, PASS_CODE, VERTICAL_CODES, WHITE_CODES } from './codes.ts'

const words = (codes: readonly Code[]) =>
  codes.map(({ bits, length }) => bits.toString(2).padStart(length, '0'))

/** T.4 keeps this one for the end of a line: no run code starts so. */
const EIGHT_ZEROS = '00000000'

describe.each([
  ['white', WHITE_CODES],
  ['black', BLACK_CODES],
])('%s codes', (_, codes) => {
  it('are 104, for 0 to 63 and the multiples of 64 to 2560', () => {
    expect(codes.map(({ run }) => run)).toEqual([
      ...Array.from({ length: 64 }, (_, run) => run),
      ...Array.from({ length: 40 }, (_, index) => (index + 1) * 64),
    ])
  })

  it('can be told apart: none starts another, none starts the end-of-line code', () => {
    for (const word of words(codes)) {
      expect(words(codes).filter((other) => other.startsWith(word))).toEqual([word])
      expect(word.startsWith(EIGHT_ZEROS)).toBe(false)
    }
  })
})

it('mode codes can be told apart', () => {
  const modes = words([...VERTICAL_CODES, PASS_CODE, HORIZONTAL_CODE])
  for (const word of modes) expect(modes.filter((other) => other.startsWith(word))).toEqual([word])
})
