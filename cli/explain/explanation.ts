import type { Backend, DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { DEFAULT_NUMBER, sectionOfNumber } from '../../shared/routing-table/sections/number.ts'

/** What would happen to a fax for a number. Its fields are the JSON that is printed, so they are part of the interface. */
export interface Explanation {
  number: string
  /** own: by its section. default: by `dstnum_default`, having none. unrouted: delivered to nobody, kept and reported. */
  by: 'own' | 'default' | 'unrouted'
  /** The section that decides; absent where there is none. */
  section?: string
  /** Why not by a section of its own. */
  reason?: string
  /** Numbers with a section whose digits end alike: likely the same number, as another PBX would write it. */
  alike: string[]
  deliveries: { backend: Backend; recipients: string[] }[]
}

export function explain(table: DeployedTable, number: string): Explanation {
  const routes = makeRouter(table).routeFor(number)
  const own = Object.hasOwn(table.numbers, number)
  const deliveries = (routes ?? []).map(({ backend, recipients }) => ({
    backend,
    recipients: [...recipients],
  }))
  if (own) return { number, by: 'own', section: sectionOfNumber(number), alike: [], deliveries }
  const reason = `There is no section [${sectionOfNumber(number)}].`
  const alike = numbersThatEndAlike(Object.keys(table.numbers), number)
  if (routes !== undefined) {
    return { number, by: 'default', section: sectionOfNumber(DEFAULT_NUMBER), reason, alike, deliveries }
  }
  return {
    number,
    by: 'unrouted',
    reason: `${reason} There is no [${sectionOfNumber(DEFAULT_NUMBER)}] either.`,
    alike,
    deliveries,
  }
}

/** Enough of an end to tell subscribers of one exchange apart. */
const TELLING_DIGITS = 6
const MOST_ALIKE = 5

/** +33112697845 and 0112697845 are one number to its callers, and two to the table, which compares them as text. */
function numbersThatEndAlike(numbers: readonly string[], number: string): string[] {
  const digitsOf = (text: string) => text.replaceAll(/\D/g, '')
  const end = digitsOf(number).slice(-TELLING_DIGITS)
  if (end === '') return []
  const telling = end.length === TELLING_DIGITS
  return numbers
    .filter((other) => other !== number)
    .filter((other) => (telling ? digitsOf(other).endsWith(end) : digitsOf(other) === digitsOf(number)))
    .slice(0, MOST_ALIKE)
}
