import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GROUP, type IppAttribute, type IppGroup, TAG } from '../ipp/message.ts'
import { dependsOnPrinter, judgeJob } from './judge-job.ts'
import { stoppingReasons } from './printer-reasons.ts'

const number = (name: string, value: number): IppAttribute => ({ name, values: [{ tag: TAG.enum, value }] })
const words = (name: string, ...values: string[]): IppAttribute => ({
  name,
  values: values.map((value) => ({ tag: TAG.keyword, value })),
})

function job(state: number, reason = 'none', message = ''): IppGroup {
  const attributes = [number('job-state', state), words('job-state-reasons', reason)]
  return { tag: GROUP.job, attributes: [...attributes, words('job-printer-state-message', message)] }
}
function printer(state: number, reasons: string[] = ['none'], message = ''): IppGroup {
  const attributes = [number('printer-state', state), words('printer-state-reasons', ...reasons)]
  return { tag: GROUP.printer, attributes: [...attributes, words('printer-state-message', message)] }
}
const IDLE = 3
const BUSY = 4
const STOPPED = 5

describe('judgeJob', () => {
  it.each([
    [
      'completed',
      job(9, 'job-completed-successfully'),
      { state: 'ended', outcome: { outcome: 'delivered', receipt: 'office-7' } },
    ],
    [
      'aborted',
      job(8, 'aborted-by-system', 'Filter failed'),
      {
        state: 'ended',
        outcome: {
          outcome: 'failed',
          code: 'aborted',
          text: 'CUPS gave the job office-7 up: aborted-by-system, Filter failed',
        },
      },
    ],
    [
      'canceled',
      job(7, 'job-canceled-by-user'),
      { state: 'canceled', text: expect.stringContaining('by-user') },
    ],
    [
      'held',
      job(4, 'job-hold-until-specified'),
      { state: 'held', text: expect.stringContaining('lp -i office-7') },
    ],
  ])('of a job that is %s needs no printer', (_what, group, progress) => {
    expect(dependsOnPrinter(group)).toBe(false)
    expect(judgeJob('office-7', group, undefined)).toMatchObject(progress)
  })

  it.each<[string, IppGroup, IppGroup | undefined, object]>([
    ['waits its turn', job(3), printer(BUSY), { state: 'under way' }],
    [
      'is printed',
      job(5, 'job-printing'),
      printer(BUSY, ['none'], 'Spooling job, 40% complete.'),
      { state: 'under way', text: 'Spooling job, 40% complete.' },
    ],
    [
      'is printed with little toner',
      job(5),
      printer(BUSY, ['toner-low-warning', 'media-low-report']),
      { state: 'under way' },
    ],
    ['has a printer that nobody knows', job(5), undefined, { state: 'under way' }],
    [
      'waits for a paused printer',
      job(3),
      printer(STOPPED, ['paused'], 'out of toner'),
      {
        state: 'stuck',
        code: 'printer-stopped paused',
        text: 'the printer is stopped in CUPS: paused, out of toner',
      },
    ],
    ['is stopped', job(6, 'job-stopped'), printer(IDLE), { state: 'stuck', code: 'job-stopped' }],
    [
      'has no paper',
      job(5),
      printer(BUSY, ['media-needed-error', 'media-empty-error']),
      { state: 'stuck', code: 'printer media-empty-error media-needed-error' },
    ],
    [
      'meets a printer that is off',
      job(5),
      printer(BUSY, ['offline-report']),
      { state: 'stuck', code: 'printer offline-report' },
    ],
    [
      'meets nobody, which CUPS says in words alone',
      job(5),
      printer(BUSY, ['none'], 'The printer may not exist or is unavailable at this time.'),
      { state: 'stuck', code: 'printer-unavailable' },
    ],
  ])('of a job that %s', (_what, group, ofPrinter, progress) => {
    expect(dependsOnPrinter(group)).toBe(true)
    expect(judgeJob('office-7', group, ofPrinter)).toMatchObject(progress)
  })

  it('shows what a driver says on one line, without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 9 }), (message, state) => {
        const progress = judgeJob(
          'office-7',
          job(state, message, message),
          printer(STOPPED, [message], message),
        )
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
        expect('text' in progress ? progress.text : '').not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
      }),
    )
  })
})

describe('stoppingReasons', () => {
  it.each([
    [['none'], []],
    [['media-empty'], ['media-empty']],
    [['media-empty-warning', 'toner-low-warning'], ['media-empty-warning']],
    [['connecting-to-device'], ['connecting-to-device']],
    [['offline-report', 'cups-missing-filter-warning'], ['offline-report']],
    [['spool-area-full-error', 'fuser-over-temp-report'], ['spool-area-full-error']],
  ])('of %j are %j', (reasons, stopping) => {
    expect(stoppingReasons(reasons)).toEqual(stopping)
  })
})
