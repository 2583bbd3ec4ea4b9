import { T6Encoder } from '../../../shared/conversion/fax-coding/t6-encoder.ts'
import { type FaxPageToWrite, writeFaxTiff } from '../../../shared/conversion/tiff/fax-tiff.ts'
import type { Resolution } from '../../../shared/transmission/transmit-job.ts'
import { isBlank } from './black-and-white/grey-page.ts'
import { paperLevel } from './black-and-white/paper.ts'
import { findRegions } from './black-and-white/regions.ts'
import { toBlackAndWhite } from './black-and-white/rows.ts'
import { HeaderLine, headerRows } from './header-band.ts'
import { DEFAULT_LIMITS, type RasteriseLimits } from './limits.ts'
import { HORIZONTAL_DPI, layOutPage, type PageLayout, type PageSize, VERTICAL_DPI } from './page-layout.ts'
import { type OpenDocument, openDocument } from './pdfium/document.ts'
import type { Pointer } from './pdfium/exports.ts'
import { type Pdfium, PdfiumAborted, startPdfium } from './pdfium/instance.ts'
import { closePage, loadPage, pageSize } from './pdfium/page.ts'
import { Canvas } from './pdfium/render.ts'
import { PageSurvey } from './pdfium/survey.ts'
import { Preview } from './preview.ts'
import { PdfRefused } from './refused.ts'
import { WorkBudget } from './work-budget.ts'

export { PdfRefused }

/** Bits a second of a usual call. */
const LINE_RATE = 14_400

export interface RasteriseOptions {
  resolution: Resolution
  /** T.30's page widths for A4, B4 and A3, at 204 dots to the inch. The last two are for machines that said they have the paper. */
  widthPixels: 1728 | 2048 | 2432
  /** The line above each page, as 47 CFR 68.318(d) and many countries' rules want it; undefined: the PBX writes it. */
  header: ((page: number, pages: number) => string) | undefined
  limits?: Partial<RasteriseLimits>
  onProgress?: (page: number, pages: number) => void
}

export interface FaxDocument {
  /** T.6, a strip a page. */
  tiff: Uint8Array
  pages: number
  /** The first page, small, as it goes over the line: for the sender's notice. */
  firstPagePng: Uint8Array
  /** What a sender may want to know, a sentence each. */
  warnings: string[]
  /** The pages' bits at 14,400 bit/s, without the handshakes between them. */
  lineSeconds: number
}

/** Throws {@link PdfRefused}, for any bytes. Nothing in the PDF is executed, and nothing that it names is fetched. */
export async function rasterisePdf(pdf: Uint8Array, options: RasteriseOptions): Promise<FaxDocument> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const pdfium = await startPdfium(limits.memoryBytes)
  try {
    const document = openDocument(pdfium, pdf, limits)
    return new Rasteriser(pdfium, document, options, limits).run()
  } catch (error) {
    if (error instanceof PdfRefused) throw error
    throw refusalOf(error, pdfium)
  }
}

/** PDFium ended in the middle: a trap of WebAssembly is what would be a crash elsewhere, and hurts nobody here. */
function refusalOf(error: unknown, { system }: Pdfium): unknown {
  if (system.memoryRefused) return tooMuchMemory('The PDF')
  if (
    error instanceof WebAssembly.RuntimeError ||
    error instanceof PdfiumAborted ||
    error instanceof RangeError
  )
    return new PdfRefused('broken', 'The PDF is damaged in a way that keeps it from being drawn.')
  return error
}

function tooMuchMemory(what: string): PdfRefused {
  return new PdfRefused('too-large', `${what} needs more memory to be drawn than a fax may take.`)
}

function tooSlow(done: number, count: number): PdfRefused {
  const where = `after ${done} of its ${count} pages`
  return new PdfRefused(
    'too-large',
    `The PDF takes too long to be drawn: stopped ${where}. Print it to a new PDF as images and send that.`,
  )
}

class Rasteriser {
  readonly #pdfium: Pdfium
  readonly #document: OpenDocument
  readonly #options: RasteriseOptions
  readonly #limits: RasteriseLimits
  readonly #verticalDpi: number
  readonly #canvas: Canvas
  readonly #budget: WorkBudget
  readonly #survey: PageSurvey
  #headerLine: HeaderLine | undefined
  #preview: Preview | undefined

  constructor(pdfium: Pdfium, document: OpenDocument, options: RasteriseOptions, limits: RasteriseLimits) {
    this.#pdfium = pdfium
    this.#document = document
    this.#options = options
    this.#limits = limits
    this.#verticalDpi = VERTICAL_DPI[options.resolution]
    this.#canvas = new Canvas(pdfium)
    this.#budget = new WorkBudget(limits, document.pages)
    this.#survey = new PageSurvey(pdfium, this.#budget)
  }

  run(): FaxDocument {
    const { pages: count, warnings } = this.#document
    const pages: FaxPageToWrite[] = []
    let codedBytes = 0
    const latest = performance.now() + this.#limits.seconds * 1000
    for (let index = 0; index < count; index++) {
      if (performance.now() > latest) throw tooSlow(index, count)
      const page = this.#rasterisePage(index)
      codedBytes += page.coded.length
      if (codedBytes > this.#limits.tiffBytes)
        throw new PdfRefused(
          'too-large',
          `The first ${index + 1} of the PDF's ${count} pages have more than ${this.#limits.tiffBytes / 1e6} MB as a fax.`,
        )
      pages.push(page)
      this.#options.onProgress?.(index + 1, count)
    }
    return {
      tiff: writeFaxTiff(pages),
      pages: count,
      firstPagePng: this.#preview?.png() ?? new Uint8Array(),
      warnings,
      lineSeconds: (codedBytes * 8) / LINE_RATE,
    }
  }

  #rasterisePage(index: number): FaxPageToWrite {
    const { pointer, form } = this.#document
    const size = pageSize(this.#pdfium, pointer, index, this.#limits)
    const page = loadPage(this.#pdfium, pointer, form, index)
    this.#budget.startPage(index + 1)
    this.#survey.count(page, size.widthPoints * size.heightPoints)
    const layout = this.#draw(page, index, size)
    closePage(this.#pdfium, form, page)
    if (this.#pdfium.system.memoryRefused) throw tooMuchMemory(`Page ${index + 1} of the PDF`)
    return this.#code(layout, index)
  }

  #draw(page: Pointer, index: number, size: PageSize): PageLayout {
    const { header } = this.#options
    const rows = header === undefined ? 0 : headerRows(this.#verticalDpi)
    let layout = layOutPage(size, this.#options)
    this.#canvas.clear(layout.widthPixels, layout.heightRows)
    this.#canvas.draw(page, this.#document.form, layout)
    if (header === undefined) return layout
    if (!isBlank(this.#canvas.look(this.#verticalDpi), rows)) {
      layout = layOutPage(size, this.#options, rows)
      this.#canvas.clear(layout.widthPixels, layout.heightRows)
      this.#canvas.draw(page, this.#document.form, layout)
    }
    this.#headerLine ??= new HeaderLine(this.#pdfium)
    const text = header(index + 1, this.#document.pages)
    this.#headerLine.draw(text, this.#canvas, layout.widthPixels, this.#verticalDpi)
    return layout
  }

  #code(layout: PageLayout, index: number): FaxPageToWrite {
    const { widthPixels, heightRows } = layout
    const grey = this.#canvas.look(this.#verticalDpi)
    const paper = paperLevel(grey, layout)
    const encoder = new T6Encoder(widthPixels, EXPECTED_PAGE_BYTES)
    const preview = index === 0 ? new Preview(widthPixels, heightRows, this.#verticalDpi) : undefined
    this.#preview ??= preview
    toBlackAndWhite(grey, paper, findRegions(grey, paper), (transitions, count) => {
      encoder.addRow(transitions, count)
      preview?.addRow(transitions, count)
    })
    const coded = encoder.finish().slice()
    return { widthPixels, heightPixels: heightRows, xDpi: HORIZONTAL_DPI, yDpi: this.#verticalDpi, coded }
  }
}

const EXPECTED_PAGE_BYTES = 64 * 1024
