import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { convertTiffToPdf, type PageReport } from '../../shared/conversion/convert.ts'
import { countDifferences, decodeWithLibtiff, type Picture } from './pictures.ts'
import { run } from './tools.ts'
import { pageBoxes, VIEWERS } from './viewers.ts'

export interface Verified {
  pages: readonly PageReport[]
  warnings: readonly string[]
  /** Pixels that differ from what was expected, a page each. */
  differences: Record<string, number[]>
  /** Points between the box that a page should have and its own. */
  boxErrorPoints: number
}

/** Converts, has qpdf check the PDF, and draws every page in every viewer. */
export async function verify(
  tiff: Uint8Array,
  expected: readonly Picture[],
  folder: string,
  tolerance = 0,
): Promise<Verified> {
  const { pdf, pages, warnings } = convertTiffToPdf(tiff, {})
  const file = join(folder, 'converted.pdf')
  await writeFile(file, pdf)
  await run('qpdf', ['--check', file])
  const differences: Record<string, number[]> = {}
  for (const [name, draw] of Object.entries(VIEWERS)) {
    differences[name] = []
    for (const [index, page] of pages.entries()) {
      const drawn = await draw(file, index + 1, drawnSize(page, expected[index]), folder)
      differences[name].push(countDifferences(drawn, expected[index] ?? NOTHING, tolerance))
    }
  }
  return { pages, warnings, differences, boxErrorPoints: await boxError(file, pages, expected) }
}

/** The same, for a file whose pixels libtiff knows. */
export async function verifyAgainstLibtiff(tiff: string, folder: string, tolerance = 0): Promise<Verified> {
  return verify(await readFile(tiff), await decodeWithLibtiff(tiff, folder), folder, tolerance)
}

const NOTHING: Picture = { width: 1, height: 1, rgb: new Uint8Array(3) }

/** A page that an Orientation tag lays on its side is drawn so. */
function drawnSize(page: PageReport, expected: Picture | undefined): PageReport {
  const { widthPixels, heightPixels, xDpi, yDpi } = page
  if (expected?.width === widthPixels) return page
  return { ...page, widthPixels: heightPixels, heightPixels: widthPixels, xDpi: yDpi, yDpi: xDpi }
}

async function boxError(file: string, pages: readonly PageReport[], expected: readonly Picture[]) {
  const boxes = await pageBoxes(file, pages.length)
  const errors = pages.flatMap((page, index) => {
    const size = drawnSize(page, expected[index])
    const [width = 0, height = 0] = boxes[index] ?? []
    return [
      Math.abs(width - (size.widthPixels / size.xDpi) * 72),
      Math.abs(height - (size.heightPixels / size.yDpi) * 72),
    ]
  })
  return Math.max(...errors)
}
