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

interface Drawn {
  file: string
  pages: readonly PageReport[]
  warnings: readonly string[]
  /** What each viewer shows, a picture for each page. */
  pictures: Record<string, Picture[]>
}

/** Converts, has qpdf check the PDF, and draws every page in every viewer, as wide and high as is expected. */
export async function convertAndDraw(
  tiff: Uint8Array,
  expected: readonly Picture[],
  folder: string,
): Promise<Drawn> {
  const { pdf, pages, warnings } = convertTiffToPdf(tiff, {})
  const file = join(folder, 'converted.pdf')
  await writeFile(file, pdf)
  await run('qpdf', ['--check', file])
  const pictures: Drawn['pictures'] = {}
  for (const [name, draw] of Object.entries(VIEWERS)) {
    pictures[name] = []
    for (const [index, page] of pages.entries()) {
      pictures[name].push(await draw(file, index + 1, drawnSize(page, expected[index]), folder))
    }
  }
  return { file, pages, warnings, pictures }
}

/** Counts the pixels that are not as they should be. */
export async function verify(
  tiff: Uint8Array,
  expected: readonly Picture[],
  folder: string,
  tolerance = 0,
): Promise<Verified> {
  const { file, pages, warnings, pictures } = await convertAndDraw(tiff, expected, folder)
  const differences = Object.entries(pictures).map(([name, drawn]) => {
    return [
      name,
      drawn.map((picture, index) => countDifferences(picture, expected[index] ?? NOTHING, tolerance)),
    ]
  })
  return {
    pages,
    warnings,
    differences: Object.fromEntries(differences),
    boxErrorPoints: await boxError(file, pages, expected),
  }
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
