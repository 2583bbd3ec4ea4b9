import type { Reading } from '../checks.ts'
import type { Backend, DeployedTable } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { nearMiss } from '../near-miss.ts'

interface Fallbacks {
  sections: readonly Section[]
  backends: readonly Backend[]
  /** By the section of the number. */
  routes: readonly { section: Section; route: DeployedTable['numbers'][string] }[]
}

/** What a fallback has to be: a backend of the table, on no way back to itself, and one that has somebody to mail to where it mails. */
export function checkFallbacks({ sections, backends, routes }: Fallbacks, reading: Reading): void {
  const names = sections.map(({ name }) => name)
  const byName = new Map(backends.map((backend) => [backend.name, backend]))
  for (const section of sections) {
    const [option] = section.options.filter(({ name }) => name === 'fallback')
    const name = byName.get(section.name)?.fallback
    if (option === undefined || name === undefined) continue
    const at = { line: option.line, found: `fallback = ${name}` }
    if (!names.includes(name)) {
      const near = nearMiss(name, names)
      const fix = near === undefined ? `There is ${names.join(', ')}.` : `Did you mean ${near}?`
      reading.finding({ ...at, problem: 'fallback: There is no such backend.', fix })
    } else if (chainOf(section.name, byName).includes(section.name)) {
      const problem = `fallback: A fax that ${section.name} gave up would come back to it.`
      reading.finding({ ...at, problem, fix: 'Name a backend that does not lead back here.' })
    }
  }
  for (const one of routes) checkRecipients(one, byName, reading)
}

/** The backends that a fax goes to when one after the other gives up, without the first; ends where it would go round. */
export function chainOf(name: string, backends: ReadonlyMap<string, Backend>): string[] {
  const chain: string[] = []
  let next = backends.get(name)?.fallback
  while (next !== undefined && !chain.includes(next)) {
    chain.push(next)
    next = backends.get(next)?.fallback
  }
  return chain
}

function checkRecipients(
  { section, route }: Fallbacks['routes'][number],
  backends: ReadonlyMap<string, Backend>,
  reading: Reading,
): void {
  const isMail = (name: string) => backends.get(name)?.kind === 'mail'
  // Of a mail backend in dest itself the number's own check has spoken.
  if (route.recipients.length > 0 || route.backends.some(isMail)) return
  for (const name of route.backends) {
    const mail = chainOf(name, backends).find(isMail)
    if (mail === undefined) continue
    const problem = `${mail}, which delivers when ${name} gives up, has no recipient for this number.`
    const fix = `Add email = name@example.org to [${section.name}].`
    reading.finding({ line: section.line, found: `[${section.name}]`, problem, fix })
    return
  }
}
