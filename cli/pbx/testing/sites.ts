import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import { readTable } from '../../../shared/routing-table/read-table.ts'

/** A table that has all that a PBX side can have. */
export const TABLE = `[general]
country = FR

[log]
msg = %(faxid)s

[site_paris]
station_id = +33 1 12 69 78 45
header = ACME, Paris & Lyon

[dstnum_default]
dest = log

[dstnum_0112697845]
dest = log

[dstnum_+33112697850]
dest = log

[dstnum_0112697800]
dest = log
detect = yes

[detect]
numbers = 201
seconds = 6

[trunk_provider]
t38 = prefer

[trunk_old-provider]
channel = sip
endpoint = old

[trunk_isdn]
channel = dahdi
endpoint = g0
t38 = forbid

[gateway_desk]
model = spa8000

[gateway_lab]
model = spa3102
country = DE

[gateway_store]
model = ata192
country = GB

[gateway_yard]
model = ht802
country = US

[line_desk]
name = The desk -- "A & B" {{ x }} #}
number = 0112697846
did = 0112697847
gateway = desk
port = 8
t38 = gateway

[line_office]
number = 0112697848
gateway = desk
port = 1

[line_lab]
number = 0112697849
gateway = lab
port = 1
t38 = off

[line_store]
number = 0112697851
gateway = store
port = 2

[line_yard]
number = 0112697852
gateway = yard
port = 1

[line_yard-2]
number = 0112697853
gateway = yard
port = 2
t38 = gateway

[line_card]
number = 0112697854
`

export function siteOfTable(text: string): PbxSite {
  const { pbx, findings } = readTable({
    file: 'fax.conf',
    bytes: Buffer.from(text),
    readFile: () => undefined,
  })
  const [site] = pbx?.sites ?? []
  if (site === undefined) throw new Error(JSON.stringify(findings))
  return site
}

export const fullSite = siteOfTable(TABLE)
/** One number, and nothing else said. */
export const bareSite = siteOfTable('[log]\nmsg = x\n[dstnum_100]\ndest = log\n')
