import type { PdfPage } from './pdf/document.ts'

const POINTS_PER_INCH = 72

export interface PageGeometry {
  widthPixels: number
  heightPixels: number
  xDpi: number
  yDpi: number
  /** TIFF's Orientation, 1 to 8: where row 0 and column 0 of the image belong on the page. */
  orientation: number
}

/** The paper's true size, and the way the image lies on it: turned and mirrored by the matrix, its bits untouched. */
export function layOut(geometry: PageGeometry): Pick<PdfPage, 'widthPoints' | 'heightPoints' | 'matrix'> {
  const imageWidth = pointsOf(geometry.widthPixels, geometry.xDpi)
  const imageHeight = pointsOf(geometry.heightPixels, geometry.yDpi)
  const onItsSide = geometry.orientation >= 5 && geometry.orientation <= 8
  const width = onItsSide ? imageHeight : imageWidth
  const height = onItsSide ? imageWidth : imageHeight
  return { widthPoints: width, heightPoints: height, matrix: matrixOf(geometry.orientation, width, height) }
}

/**
 * Rounded down to what PDF numbers carry: poppler takes as many pixels as the page touches, and a page longer by a
 * millionth of a point would come out a row too high.
 */
function pointsOf(pixels: number, dpi: number): number {
  return Math.floor((pixels / dpi) * POINTS_PER_INCH * 1e5) / 1e5
}

function matrixOf(orientation: number, width: number, height: number): readonly number[] {
  switch (orientation) {
    case 2:
      return [-width, 0, 0, height, width, 0]
    case 3:
      return [-width, 0, 0, -height, width, height]
    case 4:
      return [width, 0, 0, -height, 0, height]
    case 5:
      return [0, -height, -width, 0, width, height]
    case 6:
      return [0, -height, width, 0, 0, height]
    case 7:
      return [0, height, width, 0, 0, 0]
    case 8:
      return [0, height, -width, 0, width, 0]
    default:
      return [width, 0, 0, height, 0, 0]
  }
}
