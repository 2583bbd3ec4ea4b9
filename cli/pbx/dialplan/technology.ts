import type { PbxSite, TrunkChannel, TrunkT38 } from '../../../shared/routing-table/pbx-table.ts'

/** Whether calls of a site may be of this kind. Where the table names no trunk, both kinds of SIP may come. */
export function speaks({ trunks }: Pick<PbxSite, 'trunks'>, channel: TrunkChannel): boolean {
  if (trunks.length === 0) return channel !== 'dahdi'
  return trunks.some((trunk) => trunk.channel === channel)
}

/** One dialplan serves all trunks: it forbids what all forbid, and asks for what any prefers; the trunk's own settings say the rest. */
export function t38OfSite({ trunks }: Pick<PbxSite, 'trunks'>): TrunkT38 {
  if (trunks.some(({ t38 }) => t38 === 'prefer')) return 'prefer'
  return trunks.length > 0 && trunks.every(({ t38 }) => t38 === 'forbid') ? 'forbid' : 'allow'
}
