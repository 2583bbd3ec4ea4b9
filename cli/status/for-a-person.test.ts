import { expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import type { TransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import { MOST_OF_A_KIND, readForAPerson } from './for-a-person.ts'

const NOW = new Date('2026-11-25T12:00:00.000Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000)

function unrouted(days: number, changes: Partial<FaxEntry['fax']> = {}): FaxEntry {
  const at = daysAgo(days)
  return {
    fax: {
      id: makeFaxId(at, String(days)),
      site: 'main',
      state: 'unrouted',
      facts: { destination: '999', receivedAt: at.toISOString() },
      tiffKey: 'incoming/main/a.tif',
      tiffBytes: 100,
      openedAt: at.toISOString(),
      closedAt: at.toISOString(),
      revision: 1,
      ...changes,
    },
    deliveries: [],
  }
}

async function* none() {}

/** The faxes without a section, newest first, and how many of them were read. */
function ledger(entries: readonly FaxEntry[]) {
  const read = { count: 0 }
  async function* counted() {
    for (const entry of entries) {
      read.count++
      yield entry
    }
  }
  const receptions: LedgerQueries = {
    fax: async () => undefined,
    faxesBetween: none,
    faxesOfNumber: none,
    faxesInState: (state) => (state === 'unrouted' ? counted() : none()),
    damagedFaxes: none,
    stuck: none,
  }
  const transmissions: TransmissionQueries = {
    transmission: async () => undefined,
    ofDay: none,
    to: none,
    inState: none,
    open: none,
  }
  return { read, ask: () => readForAPerson({ ledger: receptions, transmissions }, NOW) }
}

it('is what ended in the last days, and reads no further back', async () => {
  const { ask, read } = ledger([1, 29, 31, 40, 46, 47, 48].map((days) => unrouted(days)))
  expect((await ask()).map(({ since }) => since)).toEqual([1, 29].map((days) => daysAgo(days).toISOString()))
  expect(read.count).toBe(5)
})

it('has a fax once for each thing that is wrong with it', async () => {
  const { ask } = ledger([unrouted(1, { remarks: [{ remark: 'call-broke-off' }] })])
  expect((await ask()).map(({ concern }) => concern)).toEqual(['unrouted', 'damaged'])
})

it('reads so many of a kind and no more', async () => {
  const { ask, read } = ledger(
    Array.from({ length: 3 * MOST_OF_A_KIND }, (_, index) => unrouted(index / 100)),
  )
  expect(await ask()).toHaveLength(MOST_OF_A_KIND)
  expect(read.count).toBe(MOST_OF_A_KIND)
})
