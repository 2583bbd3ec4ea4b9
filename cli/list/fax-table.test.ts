import { describe, expect, it } from 'vitest'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { plain } from '../terminal/screen.ts'
import { faxTable } from './fax-table.ts'

const NOW = new Date(2026, 10, 25, 12, 0)
const ID = '20261120T090000Z-9pncjvmdn1vq'

function entry(
  changes: Partial<FaxEntry['fax']> = {},
  facts: Partial<FaxEntry['fax']['facts']> = {},
): FaxEntry {
  const fax: FaxEntry['fax'] = {
    id: ID,
    site: 'main',
    state: 'routed',
    facts: { source: '0478123456', destination: '100', receivedAt: '2026-11-20T09:00:00.000Z', ...facts },
    tiffKey: 'incoming/main/a.tif',
    tiffBytes: 100,
    pages: 3,
    openedAt: '2026-11-20T09:00:00.000Z',
    revision: 1,
    ...changes,
  }
  const delivery = {
    faxId: ID,
    kind: 'mail',
    openedAt: fax.openedAt,
    attempts: 1,
    waitedSeconds: 0,
    maybeDelivered: false,
    history: [],
    revision: 1,
  }
  return {
    fax,
    deliveries: [
      { ...delivery, backend: 'mail', state: 'delivered' },
      { ...delivery, backend: 'log', state: 'failed' },
    ],
  }
}

const table = (columns: number, ...entries: FaxEntry[]) => faxTable({ columns, paint: plain }, entries, NOW)

describe('the table of faxes', () => {
  it('has a line for each, within 80 columns', () => {
    expect(table(80, entry({ state: 'missed' }))).toEqual([
      expect.stringMatching(/^received +from +to +pp +state +fax$/),
      expect.stringMatching(
        /^11-20 \d\d:\d\d {2}0478123456 {2}100 {3}3 {2}missed {2}20261120T090000Z-9pncjvmdn1vq$/,
      ),
    ])
  })

  it('never cuts a number: the id goes below where both are long', () => {
    const [, line = '', below] = table(80, entry({}, { source: '+33478123456', destination: '+33112697845' }))
    expect(line).toMatch(/\+33478123456 {2}\+33112697845 {3}3 {2}failed$/)
    expect(below).toBe(`             ${ID}`)
  })

  it('marks what came incomplete or damaged, and says what the mark means', () => {
    const lines = table(80, entry({ remarks: [{ remark: 'call-broke-off' }] }), entry())
    expect(lines[1]).toContain(' 3  !  failed  ')
    expect(lines[2]).toContain(' 3     failed  ')
    expect(lines.at(-1)).toBe('! came incomplete or damaged: faxlane show ID says what of it')
    expect(table(80, entry()).join('\n')).not.toContain('!')
  })

  it('shows the deliveries where there is room', () => {
    expect(table(120, entry())[1]).toMatch(/ {2}mail, log \(failed\)$/)
  })

  it('says what the PBX did not', () => {
    const { source: _, destination: __, ...facts } = entry().fax.facts
    expect(table(80, { ...entry(), fax: { ...entry().fax, facts } })[1]).toContain('withheld  unknown')
  })
})
