import { type Check, type Problem, type Reading, wrong } from '../checks.ts'
import { type BackendOf, printOptionSchema } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { openSection } from '../section-reader.ts'
import { readFormat } from './document-format.ts'
import { ownerOf, PRINTER_OPTIONS } from './option-names.ts'
import { fallbackName } from './retrying.ts'
import { readOwnSite } from './site-of-section.ts'
import { span } from './span.ts'

export function readPrinter(
  section: Section,
  reading: Reading,
  sites: readonly string[],
): BackendOf<'printer'> | undefined {
  const options = openSection({ section, names: PRINTER_OPTIONS, elsewhere: ownerOf }, reading)
  const printer = options.value('name', printerName)
  const format = readFormat(options, reading)
  const site = readOwnSite(options, reading, sites)
  const printOptions = options.value('options', printOptionList)
  const expiresAfterSeconds = options.value('expires_after', expiry)
  const fallback = options.value('fallback', fallbackName)
  if (site === undefined) return undefined
  return {
    kind: 'printer',
    name: section.name,
    ...(fallback === undefined ? {} : { fallback }),
    ...(printer === undefined ? {} : { printer }),
    site,
    format,
    ...(printOptions === undefined ? {} : { options: printOptions }),
    ...(expiresAfterSeconds === undefined ? {} : { expiresAfterSeconds }),
  }
}

/** What lpadmin takes as a name; a slash would start an instance, which belongs to the user of lp. */
const printerName: Check<string> = (text) =>
  /^(?![-.])[^\s/\\?'"#]{1,127}$/u.test(text)
    ? { value: text }
    : wrong(
        'No printer of CUPS has such a name.',
        'Write the name as lpstat -e gives it, without blanks, quotes and slashes.',
      )

/** The print agent holds a job until it has written down CUPS's number for it, and finds its jobs again by an attribute. */
const AGENTS_OWN = /^(job-hold-until|faxlane-.*)(=|$)/i

const printOptionList: Check<string[]> = (text) => {
  const words = text.split(/\s+/)
  const problems = words.flatMap((word) => problemOf(word, words))
  return problems.length > 0 ? { problems } : { value: words }
}

function problemOf(word: string, words: readonly string[]): Problem[] {
  const found = `options = … ${word} …`
  if (!printOptionSchema.safeParse(word).success) {
    const problem = 'This is no option of a printer.'
    const fix = 'Write NAME or NAME=VALUE, with blanks between two: sides=two-sided-long-edge media=A4.'
    return [{ found, problem, fix }]
  }
  if (AGENTS_OWN.test(word)) {
    return [{ found, problem: 'The print agent sets this option itself.', fix: 'Remove it.' }]
  }
  const [name] = word.split('=')
  const same = words.filter((other) => other.split('=')[0] === name)
  if (same.length > 1 && same.at(-1) === word) {
    return [{ found, problem: `${name} stands here twice.`, fix: 'Keep one of the two.' }]
  }
  return []
}

/** A message that nobody takes stays on the queue for ten days; the agent has to decide before. */
const expiry = span({ units: ['m', 'h', 'd'], least: '1m', most: '7d', example: '30m, 12h or 1d' })
