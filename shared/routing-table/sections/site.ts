import { siteSchema } from '../../object-keys.ts'
import { anyText, type Reading } from '../checks.ts'
import type { Section } from '../ini.ts'
import { openSection } from '../section-reader.ts'
import { ownerOf, SITE_OPTIONS } from './option-names.ts'

const PREFIX = 'site_'

/** The name of the site that a section declares. */
export function readSite(section: Section, reading: Reading): string | undefined {
  const options = openSection({ section, names: SITE_OPTIONS, elsewhere: ownerOf }, reading)
  options.value('description', anyText)
  const site = siteSchema.safeParse(section.name.slice(PREFIX.length))
  if (site.success) return site.data
  const problem =
    'A site is named in lower-case letters, digits and hyphens, at most 31, and begins with no hyphen.'
  const fix = 'Queues and folders of the bucket carry the name: write one such as [site_paris].'
  reading.finding({ line: section.line, found: `[${section.name}]`, problem, fix })
  return undefined
}
