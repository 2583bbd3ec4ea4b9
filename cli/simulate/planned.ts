import { FORMATS, fileStem } from '../../shared/file-name.ts'
import type { RoutedFax } from '../../shared/messages.ts'
import { type Backend, type DeployedTable, languageOf } from '../../shared/routing-table/deployed-table.ts'
import { type Reader, render } from '../../shared/routing-table/render.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { factsOfDelivery } from '../explain/backend-facts.ts'
import { sizeInWords } from '../faxes/amounts.ts'
import type { Fact } from '../terminal/facts.ts'

/** A delivery that was not made, and what it would have been. */
export interface Planned {
  backend: string
  kind: string
  facts: Fact[]
}

export interface Simulated {
  fax: RoutedFax
  sizes: Record<'pdf' | 'tiff', number>
}

/** What every backend of the fax's number would have been given. */
export function planDeliveries(table: DeployedTable, simulated: Simulated): Planned[] {
  const reader = { timeZone: table.timeZone, language: languageOf(table) }
  const routes = makeRouter(table).routeFor(simulated.fax.facts.destination) ?? []
  return routes.map(({ backend, recipients }) => ({
    backend: backend.name,
    kind: backend.kind,
    facts: [
      ...factsOfDelivery({ backend, recipients }).filter(([label]) => !MADE_OF_THE_FAX.has(label)),
      ...factsOfFax(backend, simulated, reader),
    ],
  }))
}

/** What is told of this very fax, in the place of what is told of any. */
const MADE_OF_THE_FAX = new Set(['subject', 'attached', 'file', 'printed', 'line'])

function factsOfFax(backend: Backend, { fax, sizes }: Simulated, reader: Reader): Fact[] {
  if (backend.kind === 'log') return [['line', render(backend.message, fax, reader)]]
  const { format } = backend
  const file = `${fileStem(fax)}.${FORMATS[format].ending}, ${sizeInWords(sizes[format])}`
  switch (backend.kind) {
    case 'mail':
      return [
        ['subject', render(backend.subject, fax, reader)],
        ['attached', file],
      ]
    case 'ftp':
      return [['file', file]]
    case 'printer':
      return [['printed', file]]
  }
}
