import { describe, expect, it } from 'vitest'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { TransmissionEvent } from '../../shared/transmission/transmit-job.ts'
import { makeMemoryTransmissions } from '../ledger/memory-transmissions.ts'
import { ended, waitingTransmission } from '../ledger/sample-transmission.ts'
import { settleTransmission } from './settle-transmission.ts'

const HEARD_AT = new Date('2026-11-25T09:01:01.000Z')

async function gateway(record: TransmissionRecord | undefined = waitingTransmission()) {
  const transmissions = makeMemoryTransmissions()
  if (record !== undefined) await transmissions.addTransmission(record)
  const did: string[] = []
  return {
    transmissions,
    did,
    report: (
      attempt: number,
      progress: TransmissionEvent,
      at = '2026-11-25T09:01:00.000Z',
      site = waitingTransmission().site,
    ) =>
      settleTransmission(
        {
          transmissions,
          scheduleAttempt: async (next, wait) => void did.push(`attempt ${next.attempt} in ${wait} s`),
          tellEnd: async ({ state }) => void did.push(`tell ${state}`),
          count: (metric) => did.push(metric),
        },
        { site, sentAt: HEARD_AT },
        {
          version: 1,
          transmission: { id: record?.id ?? waitingTransmission().id, attempt, at, progress },
        },
      ),
  }
}

describe('what an agent says of an attempt', () => {
  it('is written down, and its end is told and counted', async () => {
    const { report, did, transmissions } = await gateway()
    // By the queue's clock: a site's may be wrong by years.
    const dialling = await report(1, { event: 'dialling' }, '2001-01-01T00:00:00.000Z')
    expect(dialling).toMatchObject({ state: 'dialling', dialledAt: HEARD_AT.toISOString() })
    expect(await report(1, ended('sent', { pagesSent: 2 }))).toMatchObject({ state: 'sent' })
    expect(did).toEqual(['TransmissionsSent', 'tell sent'])
    expect([...transmissions.transmissions.values()]).toMatchObject([{ state: 'sent', revision: 3 }])
  })

  it('has another attempt made after its wait', async () => {
    const { report, did } = await gateway()
    expect(await report(1, ended('busy'))).toMatchObject({ state: 'waiting', attempt: 2 })
    expect(await report(2, ended('line', { pagesSent: 1 }))).toMatchObject({ state: 'waiting', attempt: 3 })
    expect(did).toEqual(['attempt 2 in 300 s', 'attempt 3 in 60 s'])
  })

  it('is seen to again when it comes again, and counted once', async () => {
    const { report, did } = await gateway()
    await report(1, ended('busy'))
    await report(1, ended('busy'))
    await report(2, ended('unknown'))
    await report(2, ended('unknown'))
    expect(did).toEqual([
      'attempt 2 in 300 s',
      'attempt 2 in 300 s',
      'TransmissionsUnknown',
      'tell unknown',
      'tell unknown',
    ])
  })

  it('is written down although another report is faster', async () => {
    const { transmissions, report } = await gateway()
    const { replaceTransmission } = transmissions
    let overtaken = false
    transmissions.replaceTransmission = async (next) => {
      if (!overtaken) {
        overtaken = true
        await report(1, { event: 'dialling' })
      }
      return replaceTransmission(next)
    }
    expect(await report(1, ended('sent'))).toMatchObject({ state: 'sent', revision: 3 })
  })

  it.each([{ event: 'dialling' } as const, ended('sent'), ended('busy'), ended('canceled')])(
    'changes nothing when it is another site that says so: $event $cause',
    async (progress) => {
      const { report, did, transmissions } = await gateway()
      const before = [...transmissions.transmissions.values()]
      expect(await report(1, progress, undefined, 'berlin')).toEqual({
        refused: expect.stringContaining('berlin'),
      })
      expect([...transmissions.transmissions.values()]).toEqual(before)
      expect(did).toEqual(['ReportsRefused'])
    },
  )

  it('of a transmission that nobody knows is a fault', async () => {
    const { transmissions, report } = await gateway()
    transmissions.transmissions.clear()
    await expect(report(1, { event: 'dialling' })).rejects.toThrow('no transmission')
  })
})
