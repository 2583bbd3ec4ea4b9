import type { Language } from '../language.ts'
import { type Backend, type DeployedTable, languageOf } from './deployed-table.ts'

/** One of the ways in which a fax is to be delivered. */
export interface Route {
  backend: Backend
  /** The number's mail addresses; empty where the backend is no mail. */
  recipients: readonly string[]
}

export interface Router {
  timeZone: string
  /** In which people are told what no template says. */
  language: Language
  /** undefined: unrouted. That is every fax whose destination number is not known, whatever the default is. */
  routeFor: (destination: string | undefined) => readonly Route[] | undefined
  /** To this backend, whether the number names it or not; undefined where the table has no such backend. */
  routeTo: (backend: string, destination: string | undefined) => Route | undefined
}

/**
 * Numbers match as exact strings; a number's own section replaces the default. Build it once: a look-up takes the same
 * time however many numbers there are. Throws for a table whose routes name a backend that it does not hold.
 */
export function makeRouter(table: DeployedTable): Router {
  const backends = new Map(table.backends.map((backend) => [backend.name, backend]))
  const resolve = (route: DeployedTable['numbers'][string]): Route[] =>
    route.backends.map((name) => {
      const backend = backends.get(name)
      if (backend === undefined) throw new Error(`the deployed routing table has no backend ${name}`)
      return { backend, recipients: backend.kind === 'mail' ? route.recipients : [] }
    })
  // A Map, because a destination such as __proto__ finds something in every object.
  const byNumber = new Map(Object.entries(table.numbers).map(([number, route]) => [number, resolve(route)]))
  const fallback = table.fallback && resolve(table.fallback)
  const recipientsOf = (destination: string | undefined): readonly string[] => {
    const own = destination !== undefined && Object.hasOwn(table.numbers, destination)
    return (own ? table.numbers[destination] : table.fallback)?.recipients ?? []
  }
  return {
    timeZone: table.timeZone,
    language: languageOf(table),
    routeFor: (destination) =>
      destination === undefined ? undefined : (byNumber.get(destination) ?? fallback),
    routeTo: (name, destination) => {
      const backend = backends.get(name)
      return backend && { backend, recipients: backend.kind === 'mail' ? recipientsOf(destination) : [] }
    },
  }
}
