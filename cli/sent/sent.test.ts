import { describe, expect, it } from 'vitest'
import type { TransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { plain } from '../terminal/screen.ts'
import { readCommandLine } from './command-line.ts'
import { findTransmissions } from './find-transmissions.ts'
import { describe as describeSent } from './sent.ts'

const NOW = new Date('2026-11-25T12:00:00.000Z')

function record(time: string, changes: Partial<TransmissionRecord> = {}): TransmissionRecord {
  const openedAt = `2026-11-25T${time}.000Z`
  return {
    id: `20261125T${time.replaceAll(':', '')}Z-0123456789ab`,
    site: 'main',
    state: 'failed',
    destination: '0112697845',
    way: 'http',
    sender: 'arn:aws:iam::123456789012:user/ann',
    notify: [],
    documentKey: 'outgoing/main/a.pdf',
    counted: true,
    attempt: 1,
    modem: { ecm: true, maxRate: 14_400 },
    history: [],
    reason: 'The number was busy at each of its four attempts, the last one at noon.',
    openedAt,
    closedAt: openedAt,
    revision: 1,
    ...changes,
  }
}

const ALL = [record('11:00:00'), record('10:00:00', { state: 'sent', reason: undefined }), record('09:00:00')]

/** The ledger of these records, and which question it was asked. */
function ledger(records: readonly TransmissionRecord[]) {
  const asked: string[] = []
  async function* give(question: string, after: string | undefined) {
    asked.push(question)
    yield* records.filter(({ id }) => after === undefined || id < after)
  }
  const queries: TransmissionQueries = {
    transmission: async (id) => records.find((one) => one.id === id),
    ofDay: (day, order) => (day === '2026-11-25' ? give('day', order?.after) : give('day before', '')),
    to: (_, order) => give('number', order?.after),
    inState: (state, order) => give(state, order?.after),
    open: (order) => give('open', order?.after),
  }
  return { queries, asked }
}

const find = (line: string, records = ALL) =>
  findTransmissions(ledger(records).queries, readCommandLine(line.split(' ').filter(Boolean), NOW), NOW)
const times = async (line: string) => (await find(line)).records.map(({ id }) => id.slice(9, 11))

describe('faxlane sent', () => {
  it('finds those of the last days, of a state, to a number', async () => {
    expect(await times('')).toEqual(['11', '10', '09'])
    expect(await times('--state failed')).toEqual(['11', '09'])
    expect(await times('--state sent')).toEqual(['10'])
    expect(await times('--to 01.12.69.78.45')).toEqual(['11', '10', '09'])
    expect(await times('--to 0999999999')).toEqual([])
  })

  it('finds what should have gone on by now', async () => {
    const records = [record('11:59:00', { state: 'accepted' }), record('01:00:00', { state: 'accepted' })]
    const { records: found } = await find('--state stuck', records)
    expect(found.map(({ id }) => id.slice(9, 11))).toEqual(['01'])
  })

  it('says that there are more, and goes on behind the last', async () => {
    const first = await find('--limit 2')
    expect([first.records.length, first.hasMore]).toEqual([2, true])
    const last = first.records.at(-1)?.id ?? ''
    const screen = { columns: 80, paint: plain }
    const text = describeSent(screen, { span: undefined, to: undefined, state: undefined }, first, NOW)
    expect(text).toContain(`There are more. Go on with --after ${last}`)
    const rest = await find(`--after ${last}`)
    expect([rest.records.map(({ id }) => id.slice(9, 11)), rest.hasMore]).toEqual([['09'], false])
  })

  it('shows number and reason whole, the reason below its fax', async () => {
    const found = { records: [record('11:00:00')], hasMore: false }
    const lines = describeSent(
      { columns: 80, paint: plain },
      { span: undefined, to: undefined, state: undefined },
      found,
      NOW,
    ).split('\n')
    expect(lines[1]).toMatch(/0112697845 +failed +20261125T110000Z-0123456789ab$/)
    expect(lines.slice(2, -1).join(' ').replaceAll(/ +/g, ' ')).toBe(` ${found.records[0]?.reason}`)
  })
})
