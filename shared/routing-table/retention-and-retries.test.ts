import { describe, expect, it } from 'vitest'
import { attemptsIn } from '../retry-schedule.ts'
import { readTable } from './read-table.ts'

const read = (text: string) =>
  readTable({ file: 'fax.conf', bytes: Buffer.from(text), readFile: () => undefined })
const NUMBER = '[dstnum_1]\ndest = ftp_a\n'
const ftp = (options: string, more = '') =>
  `[ftp_a]\nhost = h.example\nusername = u\npassword_secret = s\ntls = off\n${options}\n${more}[log]\nmsg = x\n${NUMBER}`
const found = (text: string) => read(text).findings.map(({ line, problem }) => `${line}: ${problem}`)

describe('how long a delivery is tried again', () => {
  it('is a day where nothing is said, and what is said where something is', () => {
    expect(read(ftp('')).table?.backends[0]).not.toHaveProperty('retry')
    expect(read(ftp('retry_for = 90m\nretry_first = 30s')).table?.backends[0]).toMatchObject({
      retry: { forSeconds: 5400, firstSeconds: 30, longestSeconds: 3600 },
    })
    expect(read(ftp('retry_first = 2h')).table?.backends[0]).toMatchObject({
      retry: { forSeconds: 86_400, firstSeconds: 7200, longestSeconds: 7200 },
    })
  })

  it.each([
    ['retry_for = 24', '6: retry_for: This is a whole number with s, m, h or d behind it, from 1s to 7d.'],
    ['retry_for = 8d', '6: retry_for: This is a whole number with s, m, h or d behind it, from 1s to 7d.'],
    [
      'retry_first = 1d',
      '6: retry_first: This is a whole number with s, m, h or d behind it, from 1s to 12h.',
    ],
    [
      'retry_for = 7d\nretry_longest = 5m',
      '7: retry_longest: Every 300 seconds for 604800 seconds would be 2020 attempts; 200 is the most.',
    ],
    ['retry_longest = 30s', '6: retry_longest: The first wait is longer than this, 60 seconds.'],
  ])('%s is refused with its line', (options, problem) => {
    expect(found(ftp(options))).toEqual([problem])
  })

  it('may be every hour for a week', () => {
    const { table, findings } = read(ftp('retry_for = 7d\nretry_longest = 1h'))
    expect(findings).toEqual([])
    const [backend] = table?.backends ?? []
    const plan = backend !== undefined && 'retry' in backend ? backend.retry : undefined
    expect(plan && attemptsIn(plan)).toBe(175)
  })

  it('is not for a log, which has nothing to wait for', () => {
    expect(found(`[log]\nmsg = x\nretry_for = 1h\n[dstnum_1]\ndest = log\n`)).toEqual([
      '3: [log] has no option retry_for.',
    ])
  })
})

describe('a fallback', () => {
  it('is another backend, which counts as used', () => {
    const { table, notes } = read(ftp('fallback = log'))
    expect(table?.backends[0]).toMatchObject({ name: 'ftp_a', fallback: 'log' })
    expect(notes).toEqual([])
  })

  it.each([
    ['ftp_a', 'fallback: A fax that ftp_a gave up would come back to it.'],
    ['log_b', 'fallback: There is no such backend.'],
    ['a b', 'fallback: No backend has such a name.'],
  ])('%s is refused with its line', (name, problem) => {
    expect(found(ftp(`fallback = ${name}`))).toEqual([`6: ${problem}`])
  })

  it('of a fallback does not lead back to it', () => {
    const log = '[log_b]\nmsg = x\nfallback = ftp_a\n'
    expect(found(ftp('fallback = log_b', log))).toEqual([
      '6: fallback: A fax that ftp_a gave up would come back to it.',
      '9: fallback: A fax that log_b gave up would come back to it.',
    ])
  })

  it('that mails needs somebody to mail to, for every number that may come to it', () => {
    const mail = '[mail]\nemail_from = fax@example.org\n'
    expect(found(ftp('fallback = mail', mail))).toEqual([
      '11: mail, which delivers when ftp_a gives up, has no recipient for this number.',
    ])
    expect(found(`${ftp('fallback = mail', mail)}email = office@example.org\n`)).toEqual([])
  })
})

describe('how long things are kept', () => {
  const general = (options: string) => `[general]\n${options}\n[log]\nmsg = x\n[dstnum_1]\ndest = log\n`

  it('is said in days or years', () => {
    expect(read(general('')).table).not.toHaveProperty('retention')
    expect(read(general('keep_faxes = 30d')).table?.retention).toEqual({ faxesDays: 30, ledgerDays: 3653 })
    expect(read(general('keep_faxes = 1y\nkeep_ledger = 2y')).table?.retention).toEqual({
      faxesDays: 366,
      ledgerDays: 731,
    })
  })

  it.each([
    ['keep_faxes = 7d', '2: keep_faxes: This is a whole number with d or y behind it, from 30d to 30y.'],
    ['keep_ledger = 60d', '2: The faxes would be kept longer than what is known of them.'],
  ])('%s is refused with its line', (options, problem) => {
    expect(found(general(options))).toEqual([problem])
  })
})
