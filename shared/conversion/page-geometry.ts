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

/** Units of the last decimal that our PDF numbers carry. */
const UNITS_PER_POINT = 1e5

/**
 * Rounded down, and a unit less: poppler takes as many pixels as the page touches, and one more where a side ends on a
 * whole pixel (300x300, 200x200). A hundred-thousandth of a point is under the eye of every viewer.
 */
function pointsOf(pixels: number, dpi: number): number {
  return (Math.floor((pixels / dpi) * POINTS_PER_INCH * UNITS_PER_POINT) - 1) / UNITS_PER_POINT
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
