import { describe, expect, it } from 'vitest'
import { claim, openDelivery, settle } from '../../functions/ledger/delivery-transitions.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import { failed, type Outcome, retry } from '../../shared/outcome.ts'
import { timeline } from './timeline.ts'

const FAX_ID = '20261125T110000Z-0k3w9x7m2r4t'
const NOON = new Date('2026-11-25T12:00:00Z')
const later = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000)
const fax: FaxEntry['fax'] = {
  id: FAX_ID,
  site: 'main',
  state: 'routed',
  facts: { destination: '100', receivedAt: NOON.toISOString() },
  tiffKey: 'incoming/main/x.tif',
  tiffBytes: 1,
  openedAt: NOON.toISOString(),
  revision: 0,
}

/** What is said of a delivery whose attempts, a minute apart, ended so. */
function saidOf(outcomes: readonly Outcome[]): string[] {
  let record: DeliveryRecord = openDelivery(FAX_ID, { name: 'ftp_a', kind: 'ftp' }, NOON)
  for (const [index, outcome] of outcomes.entries()) {
    const at = later(index + 1)
    record = settle(claim(record, at, 1) ?? record, outcome, at, outcome.outcome === 'retry' ? 60 : undefined)
  }
  return timeline({ fax, deliveries: [record] }).flatMap(({ who, mark, text }) =>
    who === 'ftp_a' ? [`${mark} ${text}`] : [],
  )
}

describe('the attempts of a delivery', () => {
  it('are told with what was said, the last one as an end', () => {
    expect(
      saidOf([retry('busy', { code: '421' }), failed('gone', 'job-gone', { maybeDelivered: true })]),
    ).toEqual([
      '… attempt 1: 421 busy',
      '✘ attempt 2: failed: job-gone gone; it may have arrived all the same',
    ])
  })

  it('that are not kept are counted where they were', () => {
    const said = saidOf([...Array.from({ length: 99 }, () => retry('busy')), failed('no')])
    expect(said.slice(4, 7)).toEqual([
      '… attempt 5: busy',
      '  45 attempts between these are not kept',
      '… attempt 51: busy',
    ])
    expect(said.at(-1)).toBe('✘ attempt 100: failed: no')
  })
})
