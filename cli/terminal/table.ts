import { visible } from '../../shared/visible.ts'
import type { Colour, Screen } from './screen.ts'
import { cutToWidth, padToWidth, textWidth } from './text-width.ts'

export interface Column {
  title: string
  align?: 'right'
  /** Columns of the terminal that it can be cut down to where the table is too wide. Absent: it is never cut. */
  shrinksTo?: number
}

/** A cell's text may come from anybody: it is made visible here. */
export interface Cell {
  text: string
  colour?: Colour
}

const GAP = '  '

/** The lines of a table that fits the screen. A cell that can't be whole ends in an ellipsis; nothing wraps. */
export function tableLines(
  { columns: width, paint }: Pick<Screen, 'columns' | 'paint'>,
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
): string[] {
  const cells = rows.map((row) => row.map(clean))
  const widths = fitWidths(
    columns,
    columns.map(({ title }, index) =>
      Math.max(textWidth(title), ...cells.map((row) => textWidth(row[index]?.text ?? ''))),
    ),
    width,
  )
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
