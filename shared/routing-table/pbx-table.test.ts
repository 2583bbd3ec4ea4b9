import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codecOf, reachOf } from './pbx-table.ts'
import { readTable } from './read-table.ts'

function read(text: string) {
  return readTable({ file: 'fax.conf', bytes: Buffer.from(text), readFile: () => undefined })
}

function places(text: string): string[] {
  return read(text).findings.map(({ line, found }) => `${line} ${found}`)
}

const LOG = '[log]\nmsg = x\n'
/** Four lines; what is added starts on line 5. */
const NUMBERS = `${LOG}[dstnum_default]\ndest = log\n`
const GATEWAY = '[gateway_a]\nmodel = spa122\ncountry = FR\n'

describe('each mistake of the PBX side, where it stands', () => {
  test.each([
    ['a country', '[general]\ncountry = FRA', '6 country = FRA', 'Did you mean FR?'],
    ['a country of a site', '[site_a]\ncountry = Mars', '6 country = Mars', 'AT'],
    ['a PBX', '[site_a]\npbx = asteriks', '6 pbx = asteriks', 'Did you mean asterisk?'],
    ['a spool that is relative', '[site_a]\nspool = spool', '6 spool = spool', '/var/spool/faxlane'],
    [
      'a spool that a dialplan would read',
      '[site_a]\nspool = /var/$[1]',
      '6 spool = /var/$[1]',
      'what the edge agent',
    ],
    ['a spool that climbs', '[site_a]\nspool = /var/../etc', '6 spool = /var/../etc', '/var/spool'],
    [
      'a station ID that is too long',
      '[site_a]\nstation_id = +33 1 12 34 56 78 901234',
      '6 station_id = +33 1 12 34 56 78 901234',
      '+33 1',
    ],
    ['a station ID with a dialplan in it', '[site_a]\nstation_id = $[1]', '6 station_id = $[1]', 'Write the'],
    ['a header with a bracket', '[site_a]\nheader = ACME [x]', '6 header = ACME [x]', 'leave out'],
    ['an ecm', '[site_a]\necm = on', '6 ecm = on', 'Write yes or no.'],
    ['a rate', '[site_a]\nmax_rate = 33600', '6 max_rate = 33600', '14400'],
    ['seconds', '[detect]\nseconds = 60', '6 seconds = 60', 'Write 4'],
    ['a number to listen to', '[detect]\nnumbers = 201, 2 02', '6 numbers = 2 02', 'Did you mean 202?'],
    ['an option of a number in [detect]', '[detect]\ndest = log', '6 dest = …', 'a [dstnum_…] section'],
    ['an option of [detect] in a number', '[dstnum_1]\ndest = log\nseconds = 4', '7 seconds = …', '[detect]'],
    ['[detect] misspelt', '[detct]', '5 [detct]', 'Did you mean [detect]?'],
    ['a detect of the default', '[site_a]\ndetect = yes', '6 detect = …', 'a [dstnum_…] section'],
    ['a detect that is no word', '[dstnum_1]\ndest = log\ndetect = 1', '7 detect = 1', 'Write yes or no.'],
    ['a site of a number', '[dstnum_1]\ndest = log\nsite = rome', '7 site = rome', '[site_rome]'],
    ['a trunk without a name', '[trunk_]', '5 [trunk_]', '[trunk_provider]'],
    ['a trunk with its technology', '[trunk_a]\nendpoint = PJSIP/a', '6 endpoint = PJSIP/a', 'not PJSIP/'],
    ['a channel', '[trunk_a]\nchannel = iax', '6 channel = iax', 'pjsip or sip or dahdi'],
    ['a T.38 of a trunk', '[trunk_a]\nt38 = yes', '6 t38 = yes', 'prefer or allow or forbid'],
    ['a trunk at no site', '[trunk_a]\nsite = a', '6 site = a', '[site_a]'],
    ['a gateway without a model', '[gateway_a]\ncountry = FR', '5 [gateway_a]', 'Add model = spa122'],
    ['a model', '[gateway_a]\nmodel = spa222\ncountry = FR', '6 model = spa222', 'Did you mean spa122?'],
    ['a gateway in no country', '[gateway_a]\nmodel = ht801', '5 [gateway_a]', 'Add country = FR'],
    [
      'a gateway where lines are unknown',
      '[gateway_a]\nmodel = ht801\ncountry = LU',
      '7 country = LU',
      'nearest',
    ],
    ['a line without a number', '[line_a]', '5 [line_a]', 'Add number = 0112345678'],
    ['a number of a line', '[line_a]\nnumber = 01 12', '6 number = 01 12', 'Did you mean 0112?'],
    ['a gateway that there is not', '[line_a]\nnumber = 1\ngateway = b', '7 gateway = b', '[gateway_b]'],
    ['a port of no gateway', '[line_a]\nnumber = 1\nport = 1', '7 port', 'gateway = NAME'],
    ['a T.38 of a line', '[line_a]\nnumber = 1\nt38 = prefer', '7 t38 = prefer', 'adapter or gateway or off'],
  ])('%s', (_, text, place, fix) => {
    const { findings, table, pbx } = read(`${NUMBERS}${text}`)
    expect(findings.map(({ line, found }) => `${line} ${found}`)).toContain(place)
    expect(findings.map((finding) => finding.fix).join('\n')).toContain(fix)
    expect([table, pbx]).toEqual([undefined, undefined])
  })

  test.each([
    ['no port', `${GATEWAY}[line_a]\nnumber = 1\ngateway = a`, ['8 [line_a]']],
    ['a port that it has not', `${GATEWAY}[line_a]\nnumber = 1\ngateway = a\nport = 3`, ['11 port = 3']],
    [
      'a site that its gateway is not at',
      `[site_a]\n[site_b]\n[gateway_a]\nmodel = spa122\ncountry = FR\nsite = a\n[line_a]\nnumber = 1\ngateway = a\nport = 1\nsite = b`,
      ['15 site = b'],
    ],
    [
      'two lines on one port',
      `${GATEWAY}[line_a]\nnumber = 1\ngateway = a\nport = 1\n[line_b]\nnumber = 2\ngateway = a\nport = 1`,
      ['15 [line_b]'],
    ],
    ['two lines with one number', '[line_a]\nnumber = 1\n[line_b]\nnumber = 1', ['8 [line_b]']],
    ['a line at none of the sites', '[site_a]\n[site_b]\n[line_a]\nnumber = 1', ['7 [line_a]']],
    [
      'a gateway with a mistake, and only that',
      '[gateway_a]\ncountry = FR\n[line_a]\nnumber = 1\ngateway = a\nport = 1',
      ['5 [gateway_a]'],
    ],
  ])('a gateway with %s', (_, text, expected) => {
    expect(places(`${NUMBERS}${text}`)).toEqual(expected)
  })

  test('a number that is listened to and has nowhere to go', () => {
    const text = `${LOG}[dstnum_1]\ndest = log\n[detect]\nnumbers = 1,\n  201`
    expect(places(text)).toEqual(['7 numbers = … 201 …'])
    expect(read(text).findings[0]?.fix).toContain('[dstnum_201]')
  })

  test('the default with what belongs to one number', () => {
    expect(places(`${LOG}[dstnum_default]\ndest = log\ndetect = yes\nsite = main`)).toEqual([
      '5 detect',
      '6 site',
    ])
  })

  test('a line whose number faxlane answers is worth a word', () => {
    const { notes, findings } = read(`${NUMBERS}[dstnum_1]\ndest = log\n[line_a]\nnumber = 1`)
    expect(findings).toEqual([])
    expect(notes).toMatchObject([{ line: 7, found: '[line_a]' }])
  })
})

describe('a table with PBX sides', () => {
  const text = `[general]
country = FR
${NUMBERS}
[site_paris]
pbx = xivo
station_id = +33 1 12 69 78 45
[site_boston]
country = us
spool = /srv/fax
ecm = no
max_rate = 9600
[dstnum_0112697845]
dest = log
site = paris
[dstnum_100]
dest = log
[dstnum_6175550100]
dest = log
site = boston
detect = yes
[detect]
numbers = 201, 0112697845
seconds = 6
[trunk_provider]
site = paris
channel = sip
t38 = prefer
[trunk_g0]
site = boston
channel = dahdi
[gateway_desk]
model = spa8000
site = paris
[line_desk]
name = the desk
number = 0112697846
did = 46
gateway = desk
port = 8
t38 = gateway
[line_card]
site = boston
number = 6175550101
`
  const { pbx, table, findings } = read(text)
  const [paris, boston] = pbx?.sites ?? []

  test('holds, and deploys nothing of it', () => {
    expect(findings).toEqual([])
    expect(JSON.stringify(table)).not.toMatch(/xivo|provider|spa8000|detect|78 45/)
  })

  test('has what each site says, with the defaults where it says nothing', () => {
    expect(paris).toEqual({
      name: 'paris',
      pbx: 'xivo',
      country: 'FR',
      stationId: '+33 1 12 69 78 45',
      spool: '/var/spool/faxlane',
      ecm: true,
      maxRate: '14400',
      trunks: [{ name: 'provider', channel: 'sip', endpoint: 'provider', t38: 'prefer' }],
      gateways: [{ name: 'desk', model: 'spa8000', country: 'FR' }],
      lines: [
        {
          name: 'desk',
          label: 'the desk',
          number: '0112697846',
          did: '46',
          gateway: { name: 'desk', port: 8 },
          t38: 'gateway',
        },
      ],
      direct: ['100'],
      detected: ['201', '0112697845'],
      listenSeconds: 6,
      takesAny: true,
    })
    expect(boston).toMatchObject({
      country: 'US',
      spool: '/srv/fax',
      ecm: false,
      maxRate: '9600',
      direct: ['100'],
      detected: ['6175550100', '201'],
      lines: [{ name: 'card', number: '6175550101', did: '6175550101', t38: 'adapter' }],
    })
    expect(boston?.lines[0]).not.toHaveProperty('gateway')
  })

  test('knows how a number is reached', () => {
    if (paris === undefined) throw new Error('the table was not read')
    expect(['100', '201', '6175550100', '5'].map((number) => reachOf(paris, number))).toEqual([
      'direct',
      'detected',
      'any',
      'any',
    ])
    expect(reachOf({ ...paris, takesAny: false }, '5')).toBeUndefined()
  })

  test('speaks the law of its country', () => {
    expect((['FR', 'US', 'CA', 'other', undefined] as const).map(codecOf)).toEqual([
      'alaw',
      'ulaw',
      'ulaw',
      'alaw',
      'alaw',
    ])
  })
})

test('a table that says nothing of a PBX has one site with what an Asterisk has', () => {
  expect(read(`${LOG}[dstnum_1]\ndest = log`).pbx).toEqual({
    sites: [
      {
        name: 'main',
        spool: '/var/spool/faxlane',
        ecm: true,
        maxRate: '14400',
        trunks: [],
        gateways: [],
        lines: [],
        direct: ['1'],
        detected: [],
        listenSeconds: 4,
        takesAny: false,
      },
    ],
  })
})

test('any sections of the PBX side end in findings or in a table', () => {
  const piece = fc.constantFrom(
    ...['[site_a]', '[site_b]', '[trunk_a]', '[gateway_a]', '[line_a]', '[line_b]', '[detect]', '[dstnum_1]'],
    ...[
      'site = a',
      'gateway = a',
      'port = 1',
      'model = ht801',
      'country = FR',
      'number = 1',
      'numbers = 1, 2',
    ],
    ...[
      'detect = yes',
      'seconds = 4',
      't38 = gateway',
      't38 = allow',
      'dest = log',
      '[gateway___proto__]',
      'did = 2',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const { pbx, findings } = read(`${NUMBERS}${pieces.join('\n')}`)
      expect(pbx === undefined).toBe(findings.length > 0)
    }),
    { numRuns: 300 },
  )
})
