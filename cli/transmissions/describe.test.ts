import { expect, it } from 'vitest'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { plain } from '../terminal/screen.ts'
import { describeTransmission } from './describe.ts'

const ID = '20261125T090000Z-0123456789ab'
const RECORD: TransmissionRecord = {
  id: ID,
  site: 'main',
  state: 'refused',
  destination: '3615',
  way: 'http',
  sender: 'ann',
  notify: [],
  documentKey: 'outgoing/main/a.pdf',
  counted: false,
  attempt: 1,
  modem: { ecm: true, maxRate: 14_400 },
  history: [],
  reason: '3615 is a premium number, and allow_premium of the routing table has none like it.',
  openedAt: '2026-11-25T09:00:00.000Z',
  closedAt: '2026-11-25T09:00:00.000Z',
  revision: 1,
}
const NOW = new Date('2026-11-25T12:00:00.000Z')
const text = (changes: Partial<TransmissionRecord> = {}) =>
  describeTransmission({ columns: 80, paint: plain }, { ...RECORD, ...changes }, NOW)

it('keeps within its columns, and says why and what can be done', () => {
  for (const line of text().split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  const words = text().replaceAll(/\s+/g, ' ')
  expect(words).toContain(`${ID} refused 3615 is a premium number`)
  expect(words).toContain(
    `To send the same document once more, when the cause is mended: faxlane retry ${ID} --again`,
  )
})

it('asks before one that may have arrived is sent again, and asks nothing of one that was sent or forgotten', () => {
  expect(text({ state: 'unknown' })).toContain('It may have arrived: ask whom it was for.')
  expect(text({ state: 'sent' })).not.toContain('--again')
  expect(text({ state: 'failed', forgottenAt: RECORD.openedAt })).not.toContain('--again')
})

it('says what should have gone on by now', () => {
  const { closedAt: _, ...open } = RECORD
  const stuck = { ...open, state: 'accepted', openedAt: '2026-11-24T09:00:00.000Z' } as const
  expect(describeTransmission({ columns: 80, paint: plain }, stuck, NOW)).toContain('stuck: accepted at')
})
