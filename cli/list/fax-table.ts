import { timeOfFaxId } from '../../shared/fax-id.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { remarksOf } from '../../shared/ledger/remarks.ts'
import { STATE_COLOURS, stateOf } from '../faxes/fax-state.ts'
import { shortTimeOf } from '../faxes/when.ts'
import type { Screen } from '../terminal/screen.ts'
import { type Cell, type Column, LONGEST_NUMBER, tableLines } from '../terminal/table.ts'

const COLUMNS: Column[] = [
  { title: 'received' },
  { title: 'from', shrinksTo: LONGEST_NUMBER },
  { title: 'to', shrinksTo: LONGEST_NUMBER },
  { title: 'pp', align: 'right' },
  { title: '' },
  { title: 'state' },
  { title: 'fax', below: true },
]
/** Only where there is room for it. */
const BACKENDS: Column = { title: 'deliveries', shrinksTo: 12 }
const ROOMY_COLUMNS = 110
const MARK = '!'

/** Where any came incomplete or damaged, they have a mark, and the last line says what it means. */
export function faxTable(
  screen: Pick<Screen, 'columns' | 'paint'>,
  entries: readonly FaxEntry[],
  now: Date,
): string[] {
  const isRoomy = screen.columns >= ROOMY_COLUMNS
  const isAnyMarked = entries.some(isMarked)
  const all = isRoomy ? [...COLUMNS, BACKENDS] : COLUMNS
  const columns = all.filter(({ title }) => title !== '' || isAnyMarked)
  const rows = entries.map((entry) => [
    ...cells(entry, now, isAnyMarked),
    ...(isRoomy ? [deliveriesOf(entry)] : []),
  ])
  const legend = isAnyMarked
    ? ['', `${MARK} came incomplete or damaged: faxlane show ID says what of it`]
    : []
  return [...tableLines(screen, columns, rows), ...legend]
}

function cells(entry: FaxEntry, now: Date, isAnyMarked: boolean): (Cell | string)[] {
  const { id, facts, pages } = entry.fax
  const state = stateOf(entry)
  const mark: Cell = { text: isMarked(entry) ? MARK : '', colour: 'red' }
  return [
    shortTimeOf(timeOfFaxId(id), now),
    facts.source ?? 'withheld',
    facts.destination ?? 'unknown',
    pages === undefined ? '' : String(pages),
    ...(isAnyMarked ? [mark] : []),
    { text: state, colour: STATE_COLOURS[state] },
    id,
  ]
}

const isMarked = ({ fax }: FaxEntry) => remarksOf(fax).length > 0

function deliveriesOf({ deliveries }: FaxEntry): string {
  return deliveries
    .map(({ backend, state }) => (state === 'delivered' ? backend : `${backend} (${state})`))
    .join(', ')
}
