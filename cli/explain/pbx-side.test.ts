import { describe, expect, it } from 'vitest'
import { readTable } from '../../shared/routing-table/read-table.ts'
import { plain } from '../terminal/screen.ts'
import { describe as inWords } from './describe.ts'
import { explain } from './explanation.ts'
import { pbxSidesOf } from './pbx-side.ts'

const { table, pbx } = readTable({
  file: 'fax.conf',
  readFile: () => undefined,
  bytes: Buffer.from(`[log]
msg = x
[site_paris]
pbx = xivo
country = FR
[site_boston]
country = US
[dstnum_default]
dest = log
[dstnum_100]
dest = log
site = paris
[dstnum_200]
dest = log
site = boston
detect = yes
[trunk_provider]
site = boston
t38 = prefer
[gateway_desk]
model = spa122
site = paris
[line_desk]
number = 300
did = 301
gateway = desk
port = 2
t38 = gateway
`),
})
if (table === undefined || pbx === undefined) throw new Error('the table was not read')

describe('the PBX side of a number', () => {
  it.each([
    ['100', 'paris', 'direct', 'alaw'],
    ['200', 'boston', 'detected', 'ulaw'],
    ['301', 'paris', 'line', 'alaw'],
    ['300', 'paris', 'caller', 'alaw'],
    ['999', 'paris', 'any', 'alaw'],
  ])('%s at %s is %s, in %s', (number, site, reach, codec) => {
    expect(pbxSidesOf(pbx, number)).toContainEqual(expect.objectContaining({ site, reach, codec }))
  })

  it('is said of the sites that know the number alone', () => {
    expect(pbxSidesOf(pbx, '200').map(({ site }) => site)).toEqual(['boston'])
    expect(pbxSidesOf(pbx, '999').map(({ site }) => site)).toEqual(['paris', 'boston'])
  })

  it.each([
    ['100', ['PBX at paris, xivo', 'directly: faxlane answers it', 'A-law (alaw)']],
    ['200', ['PBX at boston', 'listened to for 4 s', 'µ-law (ulaw)', 'provider (pjsip), T.38: prefer']],
    ['301', ['the fax machine on [line_desk] answers it', 'port 2 of desk, calls with 300, T.38: gateway']],
    ['300', ['[line_desk] calls with it, and is called by 301']],
    ['999', ['only if the PBX sends it to faxlane-boston-any']],
  ])('%s in words', (number, parts) => {
    const screen = { columns: 200, paint: plain, write: () => {} }
    const pbxSides = pbxSidesOf(pbx, number)
    const text = inWords(screen, explain(table, number), { source: 'fax.conf', pbxSides })
    for (const part of parts) expect(text).toContain(part)
  })
})
