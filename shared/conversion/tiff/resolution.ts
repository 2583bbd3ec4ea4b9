import { firstNumber } from './directory.ts'
import type { TiffPage } from './page.ts'
import { TAG } from './tags.ts'

export interface Resolution {
  xDpi: number
  yDpi: number
  warning?: string
}

const NO_UNIT = 1
const CENTIMETRE = 3

/** Below it a fax line would be wider than any paper; above it are no scanners. */
const LOWEST_DPI = 10
const HIGHEST_DPI = 10_000

export function readResolution(page: TiffPage, heightPixels: number): Resolution {
  const x = firstNumber(page.directory, TAG.xResolution)
  const y = firstNumber(page.directory, TAG.yResolution)
  const unit = firstNumber(page.directory, TAG.resolutionUnit)
  const perInch = unit === CENTIMETRE ? 2.54 : 1
  if (unit !== NO_UNIT && isPlausible(x, perInch) && isPlausible(y, perInch)) {
    return { xDpi: round(x * perInch), yDpi: round(y * perInch) }
  }
  // Without a unit the two give the shape of a pixel alone, yet most who write so mean inches.
  if (unit === NO_UNIT && isPlausible(x, 1) && isPlausible(y, 1) && x >= 72)
    return { xDpi: round(x), yDpi: round(y) }
  const assumed = assumeResolution(page.widthPixels, heightPixels)
  return {
    ...assumed,
    warning: `no usable resolution: ${assumed.xDpi}x${assumed.yDpi} dpi assumed from the size`,
  }
}

function isPlausible(value: number | undefined, perInch: number): value is number {
  return value !== undefined && value * perInch >= LOWEST_DPI && value * perInch <= HIGHEST_DPI
}

/** To a hundredth: 80.3 lines a centimetre is 203.96 dpi. */
function round(dpi: number): number {
  return Math.round(dpi * 100) / 100
}

/** T.4's widths for A4, B4 and A3, and their horizontal resolution. */
const FAX_WIDTHS = [
  { xDpi: 204, widths: [1728, 2048, 2432] },
  { xDpi: 300, widths: [2592, 3072, 3648] },
  { xDpi: 408, widths: [3456, 4096, 4864] },
  { xDpi: 600, widths: [5184, 6144, 7296] },
]
/** The vertical resolutions of T.4 that go with 204 dpi. */
const FAX_Y_DPI = [98, 196, 391]
/** A page is likelier A4 than longer. */
const LONGEST_INCHES = 14.5

function assumeResolution(widthPixels: number, heightPixels: number): { xDpi: number; yDpi: number } {
  const xDpi = FAX_WIDTHS.find(({ widths }) => widths.includes(widthPixels))?.xDpi
  if (xDpi === undefined) return { xDpi: 200, yDpi: 200 }
  if (xDpi !== 204) return { xDpi, yDpi: xDpi === 408 ? 391 : xDpi }
  return { xDpi, yDpi: FAX_Y_DPI.find((yDpi) => heightPixels / yDpi <= LONGEST_INCHES) ?? 196 }
}
