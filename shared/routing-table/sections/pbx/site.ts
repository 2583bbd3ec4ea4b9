import { oneOf, yesOrNo } from '../../checks.ts'
import { DEFAULT_SPOOL, FAX_RATES, PBX_KINDS, type PbxSite } from '../../pbx-table.ts'
import type { SectionReader } from '../../section-reader.ts'
import type { SITE_PBX_OPTIONS } from '../option-names.ts'
import { countryOfSite, localStationId, pageHeader, spoolFolder } from './checks.ts'

export type PbxOptions = Pick<
  PbxSite,
  'pbx' | 'country' | 'spool' | 'stationId' | 'header' | 'ecm' | 'maxRate'
>

export const PBX_DEFAULTS: PbxOptions = { spool: DEFAULT_SPOOL, ecm: true, maxRate: '14400' }

/** What a site's section says of its PBX. */
export function readPbxOptions(options: SectionReader<(typeof SITE_PBX_OPTIONS)[number]>): PbxOptions {
  const pbx = options.value('pbx', oneOf(PBX_KINDS))
  const country = options.value('country', countryOfSite)
  const stationId = options.value('station_id', localStationId)
  const header = options.value('header', pageHeader)
  return {
    ...(pbx === undefined ? {} : { pbx }),
    ...(country === undefined ? {} : { country }),
    ...(stationId === undefined ? {} : { stationId }),
    ...(header === undefined ? {} : { header }),
    spool: options.value('spool', spoolFolder) ?? PBX_DEFAULTS.spool,
    ecm: options.value('ecm', yesOrNo) ?? PBX_DEFAULTS.ecm,
    maxRate: options.value('max_rate', oneOf(FAX_RATES)) ?? PBX_DEFAULTS.maxRate,
  }
}
