import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { TransmissionCause, TransmissionEvent } from '../../shared/transmission/transmit-job.ts'
import { openTransmission, readyTransmission } from './transmission-transitions.ts'

export const OPENED_AT = new Date('2026-11-25T09:00:00.000Z')

/** An accepted transmission for the tests, with what is given changed. */
export function sampleTransmission(changes: Partial<TransmissionRecord> = {}): TransmissionRecord {
  return {
    ...openTransmission(
      {
        id: '20261125T090000Z-0123456789ab',
        site: 'main',
        destination: '0112697845',
        outbound: 'default',
        settings: {
          callerNumber: '0478123456',
          stationId: 'CABINET MARTIN',
          header: 'Cabinet Martin',
          headerBy: 'gateway',
          resolution: 'fine',
          widthPixels: 1728,
          retries: 3,
          retryWaitSeconds: 300,
          noticesFrom: 'fax@example.org',
          timeZone: 'Europe/Paris',
        },
        way: 'http',
        sender: 'arn:aws:iam::123456789012:user/ann',
        notify: ['ann@example.org'],
        documentKey: 'outgoing/main/20261125T090000Z-0123456789ab.pdf',
      },
      OPENED_AT,
    ),
    ...changes,
  }
}

/** As {@link sampleTransmission}, with two pages that wait for an attempt. */
export function waitingTransmission(changes: Partial<TransmissionRecord> = {}): TransmissionRecord {
  const accepted = sampleTransmission(changes)
  const ready = readyTransmission(
    accepted,
    {
      tiffKey: `transmit/${accepted.site}/${accepted.id}.tif`,
      tiffBytes: 20_000,
      sha256: 'q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=',
      pages: 2,
      pictureKey: `outgoing/${accepted.site}/${accepted.id}.png`,
      lineSeconds: 12,
      warnings: [],
    },
    OPENED_AT,
  )
  if (ready === undefined) throw new Error('Only an accepted transmission can be made ready.')
  return ready
}

/** What an agent says of an attempt that has ended. */
export function ended(
  cause: TransmissionCause,
  changes: Partial<Extract<TransmissionEvent, { event: 'ended' }>> = {},
): Extract<TransmissionEvent, { event: 'ended' }> {
  return {
    event: 'ended',
    cause,
    text: `It ended: ${cause}.`,
    pagesSent: 0,
    callSeconds: 0,
    foreign: {},
    ...changes,
  }
}
