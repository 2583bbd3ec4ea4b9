import { describe, expect, it } from 'vitest'
import { readTable } from '../read-table.ts'

function read(outbound: string, before = '') {
  const text = `[log]\nmsg = x\n[dstnum_1]\ndest = log\n${before}${outbound}`
  return readTable({ file: 'fax.conf', bytes: Buffer.from(text), readFile: () => undefined })
}

const MINIMAL = '[outbound]\ncountry = FR\nnotices_from = fax@example.org\n'

describe('a section of those who send', () => {
  it('needs a country and a sender of notices, and has careful defaults', () => {
    const { table, findings, notes } = read(MINIMAL)
    expect({ findings, notes }).toEqual({ findings: [], notes: [] })
    expect(table?.outbound).toEqual([
      {
        name: 'default',
        site: 'main',
        country: 'FR',
        callerNumbers: [],
        headerBy: 'gateway',
        allowInternational: [],
        allowPremium: [],
        senders: [],
        noticesFrom: 'fax@example.org',
        dailyLimit: 500,
        retries: 3,
        retryWaitSeconds: 300,
        resolution: 'fine',
        widthPixels: 1728,
      },
    ])
  })

  it('takes all of its options', () => {
    const { table, findings } = read(
      `[outbound_sales]
site = lyon
country = other
caller_id = 0478000000, 0478000001
station_id = +33 4 78 00 00 00
header = Cabinet Martin
header_by = pbx
allow = 0[1-5]XXXXXXXX, 100
allow_international = +41.
allow_premium = 0825XXXXXX
principals = arn:aws:iam::123456789012:role/fax, AROAEXAMPLEEXAMPLE00:*
senders = Ann@Example.org, @example.com
mail_domain = Fax.Example.org
notices_from = fax@example.org
daily_limit = 20
retries = 1
retry_wait = 90s
resolution = superfine
width = 2432
`,
      '[site_paris]\n[site_lyon]\n',
    )
    expect(findings).toEqual([])
    expect(table?.outbound).toEqual([
      {
        name: 'sales',
        site: 'lyon',
        country: 'other',
        callerNumbers: ['0478000000', '0478000001'],
        stationId: '+33 4 78 00 00 00',
        header: 'Cabinet Martin',
        headerBy: 'pbx',
        allow: ['0[1-5]XXXXXXXX', '100'],
        allowInternational: ['+41.'],
        allowPremium: ['0825XXXXXX'],
        principals: ['arn:aws:iam::123456789012:role/fax', 'AROAEXAMPLEEXAMPLE00:*'],
        senders: ['ann@example.org', '@example.com'],
        mailDomain: 'fax.example.org',
        noticesFrom: 'fax@example.org',
        dailyLimit: 20,
        retries: 1,
        retryWaitSeconds: 90,
        resolution: 'superfine',
        widthPixels: 2432,
      },
    ])
  })

  it.each([
    ['no country', '[outbound]\nnotices_from = a@b.org', 'country is missing', 'Add country = FR'],
    ['an unknown country', `${MINIMAL}`.replace('FR', 'XX'), 'This is one of AT, BE', ''],
    ['no sender of notices', '[outbound]\ncountry = FR', 'notices_from is missing', 'notices_from = '],
    [
      'a country that is not known, and no numbers',
      MINIMAL.replace('FR', 'other'),
      'allow is missing',
      '0[1-9]',
    ],
    ['a caller of letters', `${MINIMAL}caller_id = me`, 'A number is digits', '0112345678'],
    ['a long station ID', `${MINIMAL}station_id = 123456789012345678901`, 'at most 20', ''],
    ['a long header', `${MINIMAL}header = ${'x'.repeat(51)}`, 'at most 50', ''],
    ['a pattern of letters', `${MINIMAL}allow = 0A.`, 'no pattern of numbers', 'X for any digit'],
    ['a falling range', `${MINIMAL}allow = 0[9-1].`, 'no pattern of numbers', ''],
    ['an international pattern without +', `${MINIMAL}allow_international = 49.`, 'begins with +', '+49.'],
    ['a principal of nothing', `${MINIMAL}principals = me`, 'no principal of IAM', 'arn:aws:iam::'],
    [
      'a domain without senders',
      `${MINIMAL}mail_domain = fax.example.org`,
      'senders is missing',
      '@example.org',
    ],
    ['a sender of nothing', `${MINIMAL}mail_domain = f.example.org\nsenders = me`, 'no mail address', ''],
    ['a limit of nothing', `${MINIMAL}daily_limit = 0`, 'from 1 to 100000', ''],
    ['a wait without a unit', `${MINIMAL}retry_wait = 5`, 'at most 12h', '5m'],
    ['a width that no fax has', `${MINIMAL}width = 1000`, 'one of 1728, 2048, 2432', ''],
    ['a resolution that no fax has', `${MINIMAL}resolution = fin`, 'one of standard', 'mean fine?'],
    ['a name run together', MINIMAL.replace('outbound', 'outbounds'), '[outbound_NAME]', ''],
    ['the name of the default', MINIMAL.replace('outbound', 'outbound_default'), '[outbound_NAME]', ''],
    ['an unknown option', `${MINIMAL}callerid = 1`, 'has no option callerid', 'caller_id?'],
  ])('is refused for %s, with its line and the way out', (_, text, problem, fix) => {
    const { table, findings } = read(text)
    expect(table).toBeUndefined()
    expect(findings).toHaveLength(1)
    expect(findings[0]?.problem).toContain(problem)
    expect(findings[0]?.fix).toContain(fix)
    expect(findings[0]?.line).toBeGreaterThanOrEqual(5)
  })

  it('shares a domain with another only where each sender is of one', () => {
    const by = (name: string, senders: string) =>
      `${MINIMAL.replace('outbound', name)}mail_domain = f.example.org\nsenders = ${senders}\n`
    expect(read(by('outbound', 'a@b.org') + by('outbound_b', 'c@b.org')).findings).toEqual([])
    expect(read(by('outbound', 'a@b.org') + by('outbound_b', 'c@b.org, A@b.org')).findings).toMatchObject([
      { line: 14, found: 'senders = … a@b.org …' },
    ])
  })
})
