import { type Check, type Reading, wrong } from '../checks.ts'
import { nearMiss } from '../near-miss.ts'
import { reportMissing, type SectionReader } from '../section-reader.ts'

/** The site that a section is at: the one it names, or the only one. undefined: reported. */
export function readOwnSite(
  options: SectionReader<'site'>,
  reading: Reading,
  sites: readonly string[],
): string | undefined {
  const named = options.value('site', siteOf(sites))
  const [onlySite, ...furtherSites] = sites
  if (options.all('site').length === 0 && furtherSites.length > 0) {
    reportMissing(options.section, 'site', `site = NAME, one of ${sites.join(', ')}.`, reading)
  }
  return named ?? onlySite
}

export function siteOf(sites: readonly string[]): Check<string> {
  return (text) => {
    if (sites.includes(text)) return { value: text }
    const near = nearMiss(text, sites)
    const fix = near === undefined ? `Declare it with a section [site_${text}].` : `Did you mean ${near}?`
    return wrong(`There is no such site; there is ${sites.join(', ')}.`, fix)
  }
}
