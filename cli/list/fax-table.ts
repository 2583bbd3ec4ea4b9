import { timeOfFaxId } from '../../shared/fax-id.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { STATE_COLOURS, stateOf } from '../faxes/fax-state.ts'
import { shortTimeOf } from '../faxes/when.ts'
import type { Screen } from '../terminal/screen.ts'
import { type Cell, type Column, tableLines } from '../terminal/table.ts'

const COLUMNS: Column[] = [
  { title: 'received' },
  { title: 'from', shrinksTo: 6 },
  { title: 'to', shrinksTo: 6 },
  { title: 'pp', align: 'right' },
  { title: 'state' },
  { title: 'fax' },
]
/** Only where there is room for it. */
const BACKENDS: Column = { title: 'deliveries', shrinksTo: 12 }
const ROOMY_COLUMNS = 110

export function faxTable(
  screen: Pick<Screen, 'columns' | 'paint'>,
  entries: readonly FaxEntry[],
  now: Date,
): string[] {
  const isRoomy = screen.columns >= ROOMY_COLUMNS
  const rows = entries.map((entry) => [...cells(entry, now), ...(isRoomy ? [deliveriesOf(entry)] : [])])
  return tableLines(screen, isRoomy ? [...COLUMNS, BACKENDS] : COLUMNS, rows)
}

function cells(entry: FaxEntry, now: Date): (Cell | string)[] {
  const { id, facts, pages } = entry.fax
  const state = stateOf(entry)
  return [
    shortTimeOf(timeOfFaxId(id), now),
    facts.source ?? 'withheld',
    facts.destination ?? 'unknown',
    pages === undefined ? '' : String(pages),
    { text: state, colour: STATE_COLOURS[state] },
    id,
  ]
}

function deliveriesOf({ deliveries }: FaxEntry): string {
  return deliveries
    .map(({ backend, state }) => (state === 'delivered' ? backend : `${backend} (${state})`))
    .join(', ')
}
