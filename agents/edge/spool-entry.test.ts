import { describe, expect, it } from 'vitest'
import { judge, type SpoolEntry, type SpoolFile } from './spool-entry.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const base64 = (text: string) => Buffer.from(text).toString('base64')
const file = (idle: number, watched: number, sizeBytes = 100): SpoolFile => ({
  sizeBytes,
  modifiedAt: new Date('2026-11-23T08:00:30Z'),
  idleMilliseconds: idle,
  watchedMilliseconds: watched,
})
const NEW = file(10, 0)
const OLD = file(2 * HOUR, HOUR)
const sidecar = (text: string, touched = NEW) => ({ ...touched, text })
const WHOLE = `destination=${base64('100')}\nstatus=${base64('SUCCESS')}\nend\n`
const FAILED = `destination=${base64('100')}\nstatus=${base64('FAILED')}\nend\n`
const HALF = `destination=${base64('100')}\n`

function judged(entry: Partial<SpoolEntry>, stem = '1795420800-1795420790.42') {
  return judge({ stem, tiff: undefined, sidecar: undefined, ...entry }, HOUR)
}

describe('what lies in the spool', () => {
  it('is ready as soon as its sidecar has the last line', () => {
    expect(judged({ tiff: NEW, sidecar: sidecar(WHOLE) })).toEqual({
      facts: {
        destination: '100',
        status: 'SUCCESS',
        callId: '1795420800-1795420790.42',
        receivedAt: '2026-11-23T08:00:00.000Z',
      },
      withoutTiff: false,
      remarks: [],
    })
  })

  it('is ready without a TIFF when the reception failed before a page', () => {
    expect(judged({ sidecar: sidecar(FAILED) })).toMatchObject({ withoutTiff: true, remarks: [] })
  })

  it.each<[string, Partial<SpoolEntry>]>([
    ['nothing', {}],
    ['a TIFF alone', { tiff: NEW }],
    ['an unfinished sidecar', { tiff: NEW, sidecar: sidecar(HALF) }],
    ['an unfinished sidecar without a TIFF', { sidecar: sidecar(HALF) }],
    ['a success whose TIFF is missing', { sidecar: sidecar(WHOLE) }],
    ['an old TIFF with a sidecar that is being written', { tiff: OLD, sidecar: sidecar(HALF) }],
    ['a TIFF that is written beside an old sidecar', { tiff: NEW, sidecar: sidecar(HALF, OLD) }],
    ['a TIFF that is old by a clock that was set, seen for a moment', { tiff: file(1e12, 0) }],
    ['a TIFF between two pages, the clock being ahead', { tiff: file(2 * HOUR, 4 * MINUTE) }],
    ['a TIFF from the future', { tiff: file(-HOUR, 10 * MINUTE) }],
  ])('waits: %s', (_, entry) => {
    expect(judged(entry)).toBeUndefined()
  })

  it.each<[string, Partial<SpoolEntry>, string[], string | undefined]>([
    ['a TIFF alone', { tiff: OLD }, ['no sidecar came with it'], undefined],
    [
      'a TIFF from the future, seen for an hour',
      { tiff: file(-HOUR, HOUR) },
      ['no sidecar came with it'],
      undefined,
    ],
    [
      'one that was there before the agent',
      { tiff: file(2 * HOUR, 5 * MINUTE) },
      ['no sidecar came with it'],
      undefined,
    ],
    [
      'an unfinished sidecar',
      { tiff: OLD, sidecar: sidecar(HALF, OLD) },
      ['its sidecar has no last line'],
      '100',
    ],
    ['a success whose TIFF is missing', { sidecar: sidecar(WHOLE, OLD) }, ['no TIFF came with it'], '100'],
    [
      'an empty sidecar alone',
      { sidecar: sidecar('', OLD) },
      ['its sidecar has no last line', 'no TIFF came with it'],
      undefined,
    ],
  ])('goes up with what there is once nobody comes back to it: %s', (_, entry, remarks, destination) => {
    const ready = judged(entry)
    expect(ready?.remarks).toEqual(remarks)
    expect(ready?.facts.destination).toBe(destination)
  })

  it('says what in its sidecar could not be read', () => {
    const ready = judged({ tiff: NEW, sidecar: sidecar(`pages=%\n${WHOLE}`) })
    expect(ready?.remarks).toEqual(['sidecar: line 1: pages is no Base64'])
  })

  it.each([
    ['its sidecar', '1-x', `received=${base64('1795420801')}\nend\n`, '2026-11-23T08:00:01.000Z'],
    ['its name', '1795420800-1', 'end\n', '2026-11-23T08:00:00.000Z'],
    ['its file', 'fax', 'end\n', '2026-11-23T08:00:30.000Z'],
  ])('has its time from %s', (_, stem, text, receivedAt) => {
    expect(judged({ tiff: NEW, sidecar: sidecar(text) }, stem)?.facts).toEqual({ receivedAt, callId: stem })
  })
})
