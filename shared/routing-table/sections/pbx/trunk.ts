import { oneOf, type Reading } from '../../checks.ts'
import type { Section } from '../../ini.ts'
import { TRUNK_CHANNELS, TRUNK_T38, type Trunk } from '../../pbx-table.ts'
import { openSection } from '../../section-reader.ts'
import { ownerOf, TRUNK_OPTIONS } from '../option-names.ts'
import { readOwnSite } from '../site-of-section.ts'
import { pbxName } from './checks.ts'
import { nameOfSection } from './section-name.ts'

export interface ReadTrunk extends Trunk {
  site: string
}

/** A way out of the PBX to the telephone network. */
export function readTrunk(
  section: Section,
  reading: Reading,
  sites: readonly string[],
): ReadTrunk | undefined {
  const options = openSection({ section, names: TRUNK_OPTIONS, elsewhere: ownerOf }, reading)
  const name = nameOfSection(section, { prefix: 'trunk_', example: 'trunk_provider' }, reading)
  const site = readOwnSite(options, reading, sites)
  const channel = options.value('channel', oneOf(TRUNK_CHANNELS)) ?? 'pjsip'
  const endpoint = options.value('endpoint', pbxName)
  const t38 = options.value('t38', oneOf(TRUNK_T38)) ?? 'allow'
  if (name === undefined || site === undefined) return undefined
  return { name, site, channel, endpoint: endpoint ?? name, t38 }
}
