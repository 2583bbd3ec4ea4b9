import type { Trunk, TrunkT38 } from '../../../shared/routing-table/pbx-table.ts'

/** T.38 with redundancy, in datagrams that every network carries. */
const T38_OPTIONS: Record<TrunkT38, readonly string[]> = {
  prefer: ['t38_udptl = yes', 't38_udptl_ec = redundancy', 't38_udptl_maxdatagram = 400'],
  allow: ['t38_udptl = yes', 't38_udptl_ec = redundancy', 't38_udptl_maxdatagram = 400'],
  forbid: ['t38_udptl = no'],
}

/** Options for the endpoints of trunks, added to what the PBX has of them. */
export function pjsipOptions(trunks: readonly Trunk[]): string {
  return trunks
    .map(({ name, endpoint, t38 }) =>
      [
        `; [trunk_${name}]: t38 = ${t38}`,
        `[${endpoint}](+type=endpoint)`,
        ...T38_OPTIONS[t38],
        '; The dialplan listens by itself, where it is to.',
        'fax_detect = no',
      ]
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('\n')
}
