import { siteSchema } from '../../object-keys.ts'
import { anyText, oneOf, type Reading } from '../checks.ts'
import { AGENT_KINDS, type SiteDetails } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { openSection, type SectionReader } from '../section-reader.ts'
import { pemAuthorities } from './certificates.ts'
import { readText } from './named-file.ts'
import { ownerOf, SITE_OPTIONS } from './option-names.ts'
import { type PbxOptions, readPbxOptions } from './pbx/site.ts'

const PREFIX = 'site_'

export interface ReadSite {
  name: string
  details: SiteDetails
  pbx: PbxOptions
}

/** The site that a section declares. */
export function readSite(section: Section, reading: Reading): ReadSite | undefined {
  const options = openSection({ section, names: SITE_OPTIONS, elsewhere: ownerOf }, reading)
  options.value('description', anyText)
  const agents = options.list('agents', oneOf(AGENT_KINDS)).map(({ value }) => value)
  const caCertificate = readAuthority(options, reading)
  const pbx = readPbxOptions(options)
  const site = siteSchema.safeParse(section.name.slice(PREFIX.length))
  if (site.success) {
    return {
      name: site.data,
      details: {
        ...(agents.length > 0 ? { agents } : {}),
        ...(caCertificate === undefined ? {} : { caCertificate }),
      },
      pbx,
    }
  }
  const problem =
    'A site is named in lower-case letters, digits and hyphens, at most 31, and begins with no hyphen.'
  const fix = 'Queues and folders of the bucket carry the name: write one such as [site_paris].'
  reading.finding({ line: section.line, found: `[${section.name}]`, problem, fix })
  return undefined
}

function readAuthority(
  options: SectionReader<(typeof SITE_OPTIONS)[number]>,
  reading: Reading,
): string | undefined {
  const path = options.value('ca_certificate', anyText)
  const line = options.all('ca_certificate')[0]?.line
  if (path === undefined || line === undefined) return undefined
  const text = readText({ path, line, option: 'ca_certificate' }, reading)
  if (text === undefined) return undefined
  const authorities = pemAuthorities(text, 'the authority that signs the certificates of this site’s agents')
  if ('value' in authorities) return authorities.value
  for (const { problem, fix } of authorities.problems) {
    reading.finding({ line, found: `ca_certificate = ${path}`, problem: `ca_certificate: ${problem}`, fix })
  }
  return undefined
}
