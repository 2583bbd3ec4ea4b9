import { describe, expect, it } from 'vitest'
import { OPENED_AT, waitingTransmission } from '../../functions/ledger/sample-transmission.ts'
import { endingSchema } from '../../shared/transmission/ending.ts'
import { endingOf } from './ending.ts'

const WAITING = waitingTransmission()
const dialledAt = OPENED_AT.toISOString()
/** It may ring for a minute, and its call last 216 s; then come three hours. */
const SILENT_SECONDS = 60 + 216 + 3 * 3600
const later = (seconds: number) => new Date(OPENED_AT.getTime() + seconds * 1000)

describe('an attempt', () => {
  it('that nobody will dial is canceled, whenever', () => {
    const ending = endingOf(WAITING, undefined, later(0))
    expect(endingSchema.parse(ending)).toMatchObject({
      site: 'main',
      transmission: { id: WAITING.id, attempt: 1, progress: { event: 'ended', cause: 'canceled' } },
    })
  })

  it('that was dialled can be ended when its site has been silent for hours, and not before', () => {
    const from = endingOf(WAITING, dialledAt, later(SILENT_SECONDS))
    expect(from).toEqual(later(SILENT_SECONDS))
    const ending = endingOf(WAITING, dialledAt, later(SILENT_SECONDS + 1))
    expect(endingSchema.parse(ending)).toMatchObject({
      transmission: {
        progress: { cause: 'unknown', pagesSent: 0, text: expect.stringContaining(dialledAt) },
      },
    })
  })

  it('keeps what was last heard of it', () => {
    const progress = { at: dialledAt, pagesSent: 1, rate: 14_400, remoteStationId: 'THEIRS' }
    const ending = endingOf({ ...WAITING, state: 'sending', progress }, dialledAt, later(SILENT_SECONDS + 1))
    const { at: _, ...heard } = progress
    expect(endingSchema.parse(ending).transmission.progress).toMatchObject({ cause: 'unknown', ...heard })
  })
})
