import type { Resolution } from '../../../shared/transmission/transmit-job.ts'

/** T.4's 8 dots and 3.85, 7.7 or 15.4 lines a millimetre, as fax software writes them into TIFFs. */
export const HORIZONTAL_DPI = 204
export const VERTICAL_DPI: Readonly<Record<Resolution, number>> = { standard: 98, fine: 196, superfine: 391 }

const POINTS_PER_INCH = 72
/** A strip of paper that is shorter gets lost in the tray. */
const SHORTEST_INCHES = 2
/** Letter is half a hundredth wider than the fax's paper: no reason to turn a sheet that is shorter than wide. */
const TURNED_FROM = 1.01

export interface PageSize {
  widthPoints: number
  heightPoints: number
}

export interface Target {
  widthPixels: number
  resolution: Resolution
}

/** Where the PDF's page lies on the fax's: in pixels, from the top left. */
export interface PageLayout {
  /** Of the fax's page. */
  widthPixels: number
  heightRows: number
  left: number
  top: number
  width: number
  rows: number
  /** Clockwise. */
  quarterTurns: 0 | 1
}

/**
 * True to size where the paper is wide enough, else as large as it allows; in the middle. A page that is turned when it is wider than
 * the paper, and becomes larger by it. The length is the page's own: fax paper has no end.
 */
export function layOutPage(page: PageSize, target: Target, headerRows = 0): PageLayout {
  const paperInches = target.widthPixels / HORIZONTAL_DPI
  const verticalDpi = VERTICAL_DPI[target.resolution]
  const [pageWidth, pageHeight] = [page.widthPoints / POINTS_PER_INCH, page.heightPoints / POINTS_PER_INCH]
  const isTurned = pageWidth > paperInches * TURNED_FROM && pageWidth > pageHeight
  const [width, height] = isTurned ? [pageHeight, pageWidth] : [pageWidth, pageHeight]
  const fit = Math.min(1, paperInches / width)
  const fullRows = Math.max(1, Math.round(height * fit * verticalDpi))
  const heightRows = Math.max(fullRows, Math.round(SHORTEST_INCHES * verticalDpi))
  // A header takes its rows from the page's length, and as much from its width: nothing is squeezed.
  const scale = (fit * Math.min(fullRows, heightRows - headerRows)) / fullRows
  const pixels = Math.max(1, Math.min(target.widthPixels, Math.round(width * scale * HORIZONTAL_DPI)))
  const rows = Math.max(1, Math.round(height * scale * verticalDpi))
  return {
    widthPixels: target.widthPixels,
    heightRows,
    left: (target.widthPixels - pixels) >> 1,
    top: headerRows,
    width: pixels,
    rows,
    quarterTurns: isTurned ? 1 : 0,
  }
}
