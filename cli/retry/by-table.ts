import type { DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { nearMiss } from '../../shared/routing-table/near-miss.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { visible } from '../../shared/visible.ts'
import { failedDeliveries, type Retry } from './find-failed.ts'

const namesOf = ({ backends }: DeployedTable) => backends.map(({ name }) => name)

/** What is wrong with the name of a backend; undefined: the table has it. */
export function unknownBackend(name: string, table: DeployedTable): string | undefined {
  const names = namesOf(table)
  if (names.includes(name)) return undefined
  const near = nearMiss(name, names)
  const help = near === undefined ? `It has ${names.join(', ')}` : `Did you mean ${near}?`
  return `the routing table has no backend ${visible(name)}. ${help}`
}

/** What the gateway can do of it by its table; and of the rest, why not. */
export function byTable(
  retries: readonly Retry[],
  table: DeployedTable,
): { possible: Retry[]; impossible: string[] } {
  const found = retries.map((retry) => ({ retry, why: whyNot(retry, table) }))
  return {
    possible: found.flatMap(({ retry, why }) => (why === undefined ? [retry] : [])),
    impossible: found.flatMap(({ why }) => why ?? []),
  }
}

function whyNot({ entry, request }: Retry, table: DeployedTable): string | undefined {
  const { id, state, facts } = entry.fax
  const names = namesOf(table)
  const elsewhere = `faxlane retry ${id} --backend B delivers it elsewhere: to ${names.join(', ')}.`
  if (request.backend === undefined && state === 'unrouted') {
    if (makeRouter(table).routeFor(facts.destination) !== undefined) return undefined
    const number = facts.destination === undefined ? 'its number' : visible(facts.destination)
    return `the routing table still has no section for ${number}, so ${id} goes nowhere. ${elsewhere}`
  }
  const wanted = request.backend === undefined ? failedDeliveries(entry) : [request.backend]
  if (wanted.some((name) => names.includes(name))) return undefined
  const gone = wanted.map(visible).join(', ')
  return `the routing table has no ${gone} any more, where ${id} failed. ${elsewhere}`
}
