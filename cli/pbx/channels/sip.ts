import type { Trunk, TrunkT38 } from '../../../shared/routing-table/pbx-table.ts'

export const SIP_T38: Record<TrunkT38, string> = {
  prefer: 't38pt_udptl = yes,redundancy,maxdatagram=400',
  allow: 't38pt_udptl = yes,redundancy,maxdatagram=400',
  forbid: 't38pt_udptl = no',
}

/** Options for the peers of trunks on chan_sip, added to what the PBX has of them. */
export function sipOptions(trunks: readonly Trunk[]): string {
  return trunks
    .map(({ name, endpoint, t38 }) =>
      [`; [trunk_${name}]: t38 = ${t38}`, `[${endpoint}](+)`, SIP_T38[t38], 'faxdetect = no']
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('\n')
}
