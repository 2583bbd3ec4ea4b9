import { visible } from '../../shared/visible.ts'
import type { Colour, Screen } from './screen.ts'
import { cutToWidth, padToWidth, textWidth } from './text-width.ts'
import { wrap } from './wrap.ts'

export interface Column {
  title: string
  align?: 'right'
  /** Columns of the terminal that it can be cut down to where the table is too wide. Absent: it is never cut. */
  shrinksTo?: number
  /** Where the table is too wide, this column's text stands on lines of its own below each row, wrapped. */
  below?: boolean
}

/** `+` and fifteen digits (E.164), and room for a prefix: a number that is cut is none. */
export const LONGEST_NUMBER = 20

/** A cell's text may come from anybody: it is made visible here. */
export interface Cell {
  text: string
  colour?: Colour
}

const GAP = '  '

/** The lines of a table that fits the screen. A cell that can't be whole ends in an ellipsis, but for those that stand below. */
export function tableLines(
  screen: Pick<Screen, 'columns' | 'paint'>,
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
): string[] {
  const cells = rows.map((row) => row.map(clean))
  const natural = naturalWidths(columns, cells)
  const isTooWide =
    natural.reduce((sum, one) => sum + one, GAP.length * (columns.length - 1)) > screen.columns
  const [title = '', ...lines] = layRows(
    screen,
    isTooWide ? columns.filter(({ below }) => below !== true) : columns,
    isTooWide ? cells.map((row) => row.filter((_, index) => columns[index]?.below !== true)) : cells,
  )
  if (!isTooWide) return [title, ...lines]
  const indent = ' '.repeat((natural[0] ?? 0) + GAP.length)
  const below = cells.map((row) =>
    row
      .filter(({ text }, index) => columns[index]?.below === true && text !== '')
      .flatMap(({ text }) => wrap(text, screen.columns - indent.length))
      .map((line) => indent + line),
  )
  return [title, ...lines.flatMap((line, index) => [line, ...(below[index] ?? [])])]
}

function naturalWidths(columns: readonly Column[], cells: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...cells.map((row) => textWidth(row[index]?.text ?? ''))),
  )
}

/** The title and a line for each row. */
function layRows(
  { columns: width, paint }: Pick<Screen, 'columns' | 'paint'>,
  columns: readonly Column[],
  cells: readonly (readonly Cell[])[],
): string[] {
  const widths = fitWidths(columns, naturalWidths(columns, cells), width)
  const line = (row: readonly Cell[]) =>
    columns
      .map(({ align }, index) => {
        const { text, colour } = row[index] ?? { text: '' }
        const isLast = index === columns.length - 1
        const laid = lay(text, { align, columns: widths[index] ?? 0, isLast })
        return colour === undefined ? laid : laid.replace(/\S.*\S|\S/s, (inner) => paint(colour, inner))
      })
      .join(GAP)
      .trimEnd()
  return [paint('dim', line(columns.map(({ title }) => ({ text: title })))), ...cells.map(line)]
}

function clean(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: visible(cell) } : { ...cell, text: visible(cell.text) }
}

function lay(
  text: string,
  { align, columns, isLast }: { align: Column['align']; columns: number; isLast: boolean },
): string {
  const cut = columns < 1 ? '' : cutToWidth(text, columns)
  if (align === 'right') return ' '.repeat(Math.max(0, columns - textWidth(cut))) + cut
  return isLast ? cut : padToWidth(cut, columns)
}

/** Takes what is too much from the widest column that can still give, one by one, so that narrow ones stay whole. */
function fitWidths(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  const gaps = GAP.length * (columns.length - 1)
  let excess = widths.reduce((sum, one) => sum + one, gaps) - width
  while (excess > 0 && excess !== Infinity) {
    const widest = columns
      .map(({ shrinksTo }, index) => ({ index, width: widths[index] ?? 0, least: shrinksTo ?? Infinity }))
      .filter((column) => column.width > column.least)
      .reduce<{ index: number; width: number } | undefined>(
        (best, column) => (best === undefined || column.width > best.width ? column : best),
        undefined,
      )
    if (widest === undefined) break
    widths[widest.index] = widest.width - 1
    excess--
  }
  return widths
}
