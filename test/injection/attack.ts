import fc from 'fast-check'
import { describe, it } from 'vitest'
import { anyHostileText, HOSTILE_STRINGS } from './hostile-strings.ts'

/** Sends a text where a stranger's text goes, and throws if it does there what it must not. */
export type Place = (text: string) => void | Promise<void>
export type Places = Readonly<Record<string, Place>>

const RUNS = 150

/** Every text to every place, and texts at random. `runs`: where one takes milliseconds, fewer of these. */
export function attack(places: Places, runs: Readonly<Record<string, number>> = {}): void {
  describe.each(Object.entries(places))('a hostile text in %s', (place, send) => {
    it.each(HOSTILE_STRINGS)('%s', async (_, text) => {
      await send(text)
    })

    it('of any kind', async () => {
      await fc.assert(
        fc.asyncProperty(anyHostileText, async (text) => {
          await send(text)
        }),
        { numRuns: runs[place] ?? RUNS },
      )
    })
  })
}

/** What obeys a control, a line break or a change of reading direction is shown none. */
export const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
