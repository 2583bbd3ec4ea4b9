import { type Check, documentFormat, type Reading, wrong } from '../checks.ts'
import type { BackendOf } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { nearMiss } from '../near-miss.ts'
import { openSection, reportMissing } from '../section-reader.ts'
import { ownerOf, PRINTER_OPTIONS } from './option-names.ts'

export function readPrinter(
  section: Section,
  reading: Reading,
  sites: readonly string[],
): BackendOf<'printer'> | undefined {
  const options = openSection({ section, names: PRINTER_OPTIONS, elsewhere: ownerOf }, reading)
  const printer = options.value('name', printerName)
  const format = options.value('convert_to_pdf', documentFormat) ?? 'pdf'
  const named = options.value('site', siteOf(sites))
  const [onlySite, ...furtherSites] = sites
  if (options.all('site').length === 0 && furtherSites.length > 0) {
    reportMissing(section, 'site', `site = NAME, one of ${sites.join(', ')}.`, reading)
  }
  const site = named ?? onlySite
  if (site === undefined) return undefined
  return { kind: 'printer', name: section.name, ...(printer === undefined ? {} : { printer }), site, format }
}

/** What lpadmin takes as a name; a slash would start an instance, which belongs to the user of lp. */
const printerName: Check<string> = (text) =>
  /^(?![-.])[^\s/\\?'"#]{1,127}$/u.test(text)
    ? { value: text }
    : wrong(
        'No printer of CUPS has such a name.',
        'Write the name as lpstat -e gives it, without blanks, quotes and slashes.',
      )

function siteOf(sites: readonly string[]): Check<string> {
  return (text) => {
    if (sites.includes(text)) return { value: text }
    const near = nearMiss(text, sites)
    const fix = near === undefined ? `Declare it with a section [site_${text}].` : `Did you mean ${near}?`
    return wrong(`There is no such site; there is ${sites.join(', ')}.`, fix)
  }
}
