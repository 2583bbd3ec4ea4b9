import { Budget, OverBudget } from './budget.ts'
import type { ConvertedPage } from './converted-page.ts'
import { convertFaxPage } from './fax-page.ts'
import { statedCoding } from './interpretation.ts'
import { convertJpegPage } from './jpeg-page.ts'
import { layOut } from './page-geometry.ts'
import { type PdfPage, writePdf } from './pdf/document.ts'
import { describeFax } from './pdf/properties.ts'
import { convertRasterPage } from './raster-page.ts'
import { ConversionRefused } from './refusal.ts'
import { type Directory, firstCount, readDirectories, text } from './tiff/directory.ts'
import { COMPRESSION, countSegmentEntries, readPage, type TiffPage } from './tiff/page.ts'
import { readResolution } from './tiff/resolution.ts'
import { openTiff } from './tiff/source.ts'
import { TAG } from './tiff/tags.ts'

export { ConversionRefused }

/** What is known of the fax besides its pages; it goes into the PDF's properties. */
export interface DocumentFacts {
  faxId?: string
  source?: string
  destination?: string
  stationId?: string
  receivedAt?: Date
}

export interface PageReport {
  widthPixels: number
  heightPixels: number
  xDpi: number
  yDpi: number
  coding: 'T.4 1-D' | 'T.4 2-D' | 'T.6' | 'RLE' | 'other'
  /** copied: the coded bits as they came. reencoded: other bits, the same pixels. repaired: rows were lost. */
  treatment: 'copied' | 'reencoded' | 'repaired'
  /** Rows lost here, and rows that the receiving machine says it lost (tag 326). */
  damagedRows: number
  warnings: string[]
}

export interface Conversion {
  pdf: Uint8Array
  pages: PageReport[]
  /** What concerns the whole file; a page that could not be read is named here. */
  warnings: string[]
  /** Pages of the TIFF, from 1, that are not in the PDF. */
  unreadablePages: number[]
  /** The page of the TIFF after which the way to the next one leads nowhere. */
  breaksOffAfterPage?: number
}

/** Throws ConversionRefused and nothing else, for any bytes. */
export function convertTiffToPdf(tiff: Uint8Array, about: DocumentFacts): Conversion {
  const { directories, broken } = readDirectories(openTiff(tiff))
  const budget = new Budget(tiff.length)
  const warnings: string[] = []
  const pages: { pdf: PdfPage; report: PageReport }[] = []
  const unreadablePages: number[] = []
  let firstRefusal: ConversionRefused | undefined
  for (const [index, directory] of directories.entries()) {
    try {
      pages.push(convertPage(directory, budget))
    } catch (error) {
      if (!(error instanceof ConversionRefused) || error instanceof OverBudget) throw error
      firstRefusal ??= error
      unreadablePages.push(index + 1)
      warnings.push(`page ${index + 1} is missing: ${error.message}`)
    }
  }
  if (pages.length === 0 && firstRefusal !== undefined) throw firstRefusal
  if (broken !== undefined)
    warnings.push(`the file breaks off after page ${directories.length}: ${broken.message}`)
  const properties = describeFax({ ...about, receivedAt: timeOfReception(about, directories) }, pages.length)
  const pdf = writePdf(
    pages.map((page) => page.pdf),
    properties,
  )
  return {
    pdf,
    pages: pages.map(({ report }) => report),
    warnings,
    unreadablePages,
    ...(broken === undefined ? {} : { breaksOffAfterPage: directories.length }),
  }
}

/** Offsets and sizes have two bytes or more. */
const LEAST_BYTES_OF_ENTRY = 2

function convertPage(directory: Directory, budget: Budget): { pdf: PdfPage; report: PageReport } {
  budget.takeCodedBytes(countSegmentEntries(directory) * LEAST_BYTES_OF_ENTRY, directory.at)
  const page = readPage(directory)
  for (const segment of page.segments) budget.takeCodedBytes(segment.length, segment.at)
  const statedHeight = page.heightPixels ?? 0
  budget.takePixels(page.widthPixels, statedHeight, directory.at)
  const converted = convertImage(page, budget)
  const { widthPixels, heightPixels, data } = converted.image
  budget.takePixels(widthPixels, Math.max(heightPixels - statedHeight, 0), directory.at)
  budget.takeImageBytes(data.length, directory.at)
  const { xDpi, yDpi, warning } = readResolution(page, heightPixels)
  const geometry = { widthPixels, heightPixels, xDpi, yDpi, orientation: page.orientation }
  const warnings = warning === undefined ? converted.warnings : [...converted.warnings, warning]
  const report = {
    widthPixels,
    heightPixels,
    xDpi,
    yDpi,
    coding: converted.coding,
    treatment: converted.treatment,
  }
  return {
    pdf: { ...layOut(geometry), image: converted.image },
    report: { ...report, ...countDamage(page, converted, warnings) },
  }
}

function convertImage(page: TiffPage, budget: Budget): ConvertedPage {
  const coding = statedCoding(page)
  if (page.compression === COMPRESSION.jpeg) return convertJpegPage(page)
  if (coding === undefined || page.tileWidthPixels !== undefined) return convertRasterPage(page, budget)
  return convertFaxPage(page, coding, budget)
}

/** Of CleanFaxData: damaged rows were received, and are in the file as they came. */
const DAMAGE_LEFT = 2

/** The receiving machine repairs before it writes, so its count comes on top of ours unless it left the damage. */
function countDamage(page: TiffPage, converted: ConvertedPage, warnings: string[]) {
  const bad = firstCount(page.directory, TAG.badFaxLines) ?? 0
  const received = Math.min(bad, converted.image.heightPixels)
  if (received === 0) return { damagedRows: converted.damagedRows, warnings }
  const left = firstCount(page.directory, TAG.cleanFaxData) === DAMAGE_LEFT
  const damagedRows = left ? Math.max(received, converted.damagedRows) : received + converted.damagedRows
  return {
    damagedRows,
    warnings: [
      ...warnings,
      `the receiving machine counted ${received === 1 ? '1 damaged row' : `${received} damaged rows`}`,
    ],
  }
}

/** From the facts, else as the receiving machine noted it, which knows no time zone. */
function timeOfReception(about: DocumentFacts, directories: readonly Directory[]): string | undefined {
  const time = about.receivedAt
  if (time !== undefined && !Number.isNaN(time.getTime())) return `${time.toISOString().slice(0, 19)}Z`
  const [first] = directories
  const noted = first === undefined ? undefined : text(first, TAG.dateTime)
  // The standard's separators are colons; spandsp writes strokes.
  const [, date, clock] =
    /^(\d{4}[:/](?:0[1-9]|1[0-2])[:/](?:0[1-9]|[12]\d|3[01])) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/.exec(
      noted ?? '',
    ) ?? []
  return date === undefined ? undefined : `${date.replaceAll(/[:/]/g, '-')}T${clock}`
}
