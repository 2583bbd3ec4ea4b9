/** Where a command writes for a reader. */
export interface Screen {
  /** Columns to keep within. Infinity in a pipe or a file, where a line is cut for nobody. */
  columns: number
  paint: Paint
  write: (text: string) => void
}

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
/** Text in a colour, or as it is where there are none. */
export type Paint = (colour: Colour, text: string) => string

/** Select Graphic Rendition (ECMA-48 8.3.117): on, and off again. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const satisfies Record<Colour, readonly [number, number]>

export const plain: Paint = (_, text) => text
export const coloured: Paint = (colour, text) => {
  const [on, off] = CODES[colour]
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`
}

/** Narrower than that, no table says anything. */
const NARROWEST_COLUMNS = 40

/**
 * https://no-color.org: any value of NO_COLOR but the empty one turns colours off. COLUMNS, where it is exported, is for what goes by a
 * pipe to a pager.
 */
export function screenOf(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>,
  environment: Partial<Record<'NO_COLOR' | 'TERM' | 'COLUMNS', string>>,
): Screen {
  const isTerminal = stream.isTTY === true
  const saidColumns = Number(environment.COLUMNS) || Infinity
  const hasColours = isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb'
  return {
    // A terminal that does not know its width says 0.
    columns: Math.max(NARROWEST_COLUMNS, isTerminal ? stream.columns || 80 : saidColumns),
    paint: hasColours ? coloured : plain,
    write: (text) => stream.write(text),
  }
}

export const standardOutput = (): Screen => screenOf(process.stdout, process.env)
