import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Facts } from '../../../shared/facts.ts'
import type { Attempt } from '../../deliver/attempt.ts'
import { deliverToLog } from './deliver-log.ts'
import { logLine } from './log-line.ts'

const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'

function attemptOf(facts: Partial<Facts>, timeZone = 'Europe/Paris'): Attempt<'log'> {
  return {
    fax: {
      id: FAX_ID,
      site: 'main',
      facts: { receivedAt: '2026-11-23T23:41:51.000Z', ...facts },
      pages: 3,
      tiffKey: `incoming/main/${FAX_ID}.tif`,
      pdfKey: `pdf/main/${FAX_ID}.pdf`,
    },
    backend: {
      kind: 'log',
      name: 'log_audit',
      message: [{ variable: 'srcnum' }, ' to ', { variable: 'dstnum' }, ', ', { variable: 'stationid' }],
    },
    recipients: [],
    timeZone,
    attempt: 1,
    maybeDelivered: false,
  }
}

describe("the log's line", () => {
  it("is XiVO's: date, time and message, on the wall clock of the table", () => {
    const attempt = attemptOf({ source: '0478123456', destination: '100', stationId: 'ACME' })
    expect(logLine(attempt)).toBe('2026-11-24 00:41:51 0478123456 to 100, ACME')
  })

  it.each([
    ['a forged line', 'x\n2026-11-24 00:00:00 forged', 'x\\u{a}2026-11-24 00:00:00 forged'],
    ['a carriage return', 'x\ry', 'x\\u{d}y'],
    ['a terminal escape', '\u001b[2Jx', '\\u{1b}[2Jx'],
    ['a bidirectional override', 'a\u202eb', 'a\\u{202e}b'],
    ['a Unicode line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['NUL and C1', '\u0000\u0085', '\\u{0}\\u{85}'],
  ])('shows %s instead of obeying it', (_, stationId, shown) => {
    expect(logLine(attemptOf({ stationId }))).toBe(`2026-11-24 00:41:51 unknown to unknown, ${shown}`)
  })

  it('is one bounded line without control characters, whatever the station says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 9000 }),
        fc.string({ unit: 'binary' }),
        (stationId, source) => {
          const line = logLine(attemptOf({ stationId, source }))
          expect(line).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{20,4096}$/u)
        },
      ),
    )
  })

  it('goes to the log of its own backend', async () => {
    const lines: [string, string][] = []
    const appendLine = async (backend: string, line: string) => {
      lines.push([backend, line])
      return `/faxlane/faxes/${backend}`
    }
    const outcome = await deliverToLog(
      { appendLine },
      attemptOf({ source: '1', destination: '2', stationId: '3' }),
    )
    expect(lines).toEqual([['log_audit', '2026-11-24 00:41:51 1 to 2, 3']])
    expect(outcome).toMatchObject({ outcome: 'delivered', receipt: '/faxlane/faxes/log_audit' })
  })
})
