import { HORIZONTAL_DPI } from '../page-layout.ts'

/** A dot in the middle and one at the corners of so many pixels: 36 dots to the inch, at 45 degrees. */
const TILE_PIXELS = 8
/** Lighter than the last level has no dots, darker than the first no holes: either would be noise on the line. */
const DARKEST_WITH_HOLES = 16
const LIGHTEST_WITH_DOTS = 240

/** Levels below which a pixel is black, for the columns and rows of one tile, which repeats in both directions. */
export interface Screen {
  columns: number
  rows: number
  levels: Uint8Array
}

const screens = new Map<number, Screen>()

/**
 * A clustered dot: dark pixels touch and make runs, which a fax codes in half the bits that scattered ones take. The tile is as high as
 * it is wide on paper.
 */
export function screenFor(verticalDpi: number): Screen {
  const known = screens.get(verticalDpi)
  if (known !== undefined) return known
  const rows = 2 * Math.round((TILE_PIXELS * verticalDpi) / HORIZONTAL_DPI / 2)
  const screen = { columns: TILE_PIXELS, rows, levels: levelsOf(rows) }
  screens.set(verticalDpi, screen)
  return screen
}

function levelsOf(rows: number): Uint8Array {
  const places = Array.from({ length: rows * TILE_PIXELS }, (_, at) => {
    const x = ((at % TILE_PIXELS) + 0.5) / TILE_PIXELS
    const y = (Math.floor(at / TILE_PIXELS) + 0.5) / rows
    return { at, height: Math.cos(2 * Math.PI * (x + y)) + Math.cos(2 * Math.PI * (x - y)) }
  })
  places.sort((one, other) => one.height - other.height || one.at - other.at)
  const levels = new Uint8Array(places.length)
  const range = LIGHTEST_WITH_DOTS - DARKEST_WITH_HOLES
  for (const [rank, { at }] of places.entries())
    levels[at] = Math.round(DARKEST_WITH_HOLES + ((rank + 0.5) / places.length) * range)
  return levels
}
