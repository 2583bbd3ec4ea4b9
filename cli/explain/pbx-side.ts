import {
  codecOf,
  type Line,
  type PbxKind,
  type PbxSite,
  type PbxTable,
  reachOf,
} from '../../shared/routing-table/pbx-table.ts'
import type { Fact } from '../terminal/facts.ts'

/** What the PBX of a site does with a number. Its fields are the JSON that is printed, so they are part of the interface. */
export interface PbxSide {
  site: string
  pbx?: PbxKind
  /**
   * direct: faxlane answers. detected: a person's, listened to for a fax. line: a fax machine on a line answers. any: only where the PBX sends
   * the number to faxlane by itself. caller: a line calls with it, and has another number to be called by.
   */
  reach: 'direct' | 'detected' | 'line' | 'any' | 'caller'
  codec: 'alaw' | 'ulaw'
  listenSeconds?: number
  line?: Line
  trunks: { endpoint: string; channel: string; t38: string }[]
}

/** At the sites that know the number; where none does, at those where any number may be sent to faxlane. */
export function pbxSidesOf({ sites }: PbxTable, number: string): PbxSide[] {
  const sides = sites.flatMap((site) => sideAt(site, number))
  const known = sides.filter(({ reach }) => reach !== 'any')
  return known.length > 0 ? known : sides
}

function sideAt(site: PbxSite, number: string): PbxSide[] {
  const line = site.lines.find(({ did, number: calling }) => did === number || calling === number)
  const reach = reachAt(site, number, line)
  if (reach === undefined) return []
  return [
    {
      site: site.name,
      ...(site.pbx === undefined ? {} : { pbx: site.pbx }),
      reach,
      codec: codecOf(site.country),
      ...(reach === 'detected' ? { listenSeconds: site.listenSeconds } : {}),
      ...(line === undefined ? {} : { line }),
      trunks: site.trunks.map(({ endpoint, channel, t38 }) => ({ endpoint, channel, t38 })),
    },
  ]
}

function reachAt(site: PbxSite, number: string, line: Line | undefined): PbxSide['reach'] | undefined {
  const reach = reachOf(site, number)
  if (line === undefined || (reach !== undefined && reach !== 'any')) return reach
  return line.did === number ? 'line' : 'caller'
}

/** What a reader wants to know of it. */
export function factsOfPbxSide(side: PbxSide): Fact[] {
  const { codec, line, trunks } = side
  return [
    ['reached', reachInWords(side)],
    ['codec', `${codec === 'alaw' ? 'A-law' : 'µ-law'} (${codec})`],
    ...(line === undefined ? [] : [['line', lineInWords(line)] as const]),
    ...trunks.map(
      ({ endpoint, channel, t38 }) => ['trunk', `${endpoint} (${channel}), T.38: ${t38}`] as const,
    ),
  ]
}

function reachInWords({ site, reach, listenSeconds, line }: PbxSide): string {
  switch (reach) {
    case 'direct':
      return 'directly: faxlane answers it'
    case 'detected':
      return `by detection: a call is listened to for ${listenSeconds} s, and voice goes on`
    case 'line':
      return `never: the fax machine on [line_${line?.name}] answers it`
    case 'caller':
      return `never: [line_${line?.name}] calls with it, and is called by ${line?.did}`
    case 'any':
      return `only if the PBX sends it to faxlane-${site}-any: the table has no section for it`
  }
}

function lineInWords({ name, number, gateway, t38 }: Line): string {
  const where = gateway === undefined ? 'a port of the PBX' : `port ${gateway.port} of ${gateway.name}`
  return `[line_${name}] at ${where}, calls with ${number}, T.38: ${t38}`
}
