import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import { dayOfFaxId } from '../../shared/ledger/index-keys.ts'
import { TRANSMISSION_STATES, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { outgoingKey, transmissionIdOf } from '../../shared/transmission/keys.ts'
import { sampleTransmission } from '../ledger/sample-transmission.ts'
import { countTransmissions } from './count-transmissions.ts'

const NOON = new Date('2026-11-25T12:00:00.000Z')
const RANGE = { from: new Date(NOON.getTime() - 2880 * 60_000), to: NOON }
const LAST_MINUTE = 2879
const minutesAgo = (minutes: number) => new Date(NOON.getTime() - minutes * 60_000)

const documents = fc.uniqueArray(
  fc.record({
    number: fc.nat(1000),
    storedAt: fc.integer({ min: 1, max: LAST_MINUTE }).map(minutesAgo),
    /** In its name; undefined: its name is none of ours. */
    namedAt: fc.option(fc.integer({ min: 0, max: 20_000 }).map(minutesAgo), { nil: undefined }),
    states: fc.array(fc.constantFrom(...TRANSMISSION_STATES), { maxLength: 3 }),
  }),
  { selector: ({ number }) => number, maxLength: 15 },
)
/** Of documents that were deleted, or put before. */
const others = fc.array(
  fc.record({
    takenAt: fc.integer({ min: 1, max: 2 * LAST_MINUTE }).map(minutesAgo),
    state: fc.constantFrom(...TRANSMISSION_STATES),
  }),
  { maxLength: 15 },
)

it('counts every transmission once, and every document of which there is none', async () => {
  await fc.assert(
    fc.asyncProperty(documents, others, async (put, gone) => {
      const stored = put.map(({ number, storedAt, namedAt }) => {
        const documentId = namedAt && makeFaxId(namedAt, String(number))
        const key =
          documentId === undefined ? `outgoing/main/${number}.pdf` : outgoingKey({ site: 'main', documentId })
        return { key, sizeBytes: 1, storedAt }
      })
      const ofDocuments = stored.map(({ key, storedAt: putAt }, index) =>
        (put[index]?.states ?? []).map((state, destination) => {
          const id = transmissionIdOf({ key, destination: String(destination), putAt })
          return sampleTransmission({ id, documentKey: key, state })
        }),
      )
      const ofOthers = gone.map(({ takenAt, state }, index) =>
        sampleTransmission({ id: makeFaxId(takenAt, `gone ${index}`), documentKey: `gone ${index}`, state }),
      )
      const records = [...ofDocuments.flat(), ...ofOthers]
      async function* ofDay(day: string): AsyncGenerator<TransmissionRecord> {
        yield* records.filter(({ id }) => dayOfFaxId(id) === day)
      }
      const { taken, counts, unknown } = await countTransmissions(stored, ofDay, RANGE)
      expect(unknown).toEqual(stored.filter((_, index) => ofDocuments[index]?.length === 0))
      const ofTheRange = gone.filter(({ takenAt }) => takenAt >= RANGE.from)
      expect(taken).toBe(ofDocuments.flat().length + ofTheRange.length + unknown.length)
      expect(Object.values(counts).reduce((one, other) => one + other, 0)).toBe(taken)
      const all = [...ofDocuments.flat(), ...ofTheRange].map(({ state }) => state)
      for (const state of ['sent', 'failed', 'refused', 'canceled', 'unknown'] as const)
        expect(counts[state]).toBe(all.filter((one) => one === state).length)
    }),
    { numRuns: 100 },
  )
})
