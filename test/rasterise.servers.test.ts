import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layOutPage, VERTICAL_DPI } from '../functions/submit/rasterise/page-layout.ts'
import { type RasteriseOptions, rasterisePdf } from '../functions/submit/rasterise/rasterise-pdf.ts'
import { RESOLUTIONS } from '../shared/transmission/transmit-job.ts'
import { run } from './conversion/tools.ts'
import { verifyAgainstLibtiff } from './conversion/verify.ts'
import { type Distance, distance } from './rasterise/distance.ts'
import { DOCUMENTS, type SampleDocument, textDocument } from './rasterise/documents.ts'
import { layLike, type PagePicture, readPages } from './rasterise/page-picture.ts'
import { countRight, readText, readWords } from './rasterise/read-words.ts'
import { type ReportedPage, writeReport } from './rasterise/report.ts'

// The rasteriser beside what XiVO used: Ghostscript's tiffg4, on documents that are made here.

const FINE: RasteriseOptions = { resolution: 'fine', widthPixels: 1728, header: undefined }
const LINE_RATE = 14_400

let folder: string
const reported: ReportedPage[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faxlane-rasterise-'))
})
afterAll(async () => {
  console.log(`side by side: ${await writeReport(reported)}`)
  rmSync(folder, { recursive: true })
})

/** How far apart the pages may be. Ghostscript lays dots over shaded tables and grey paper, which is not to be copied: there, ink of ours counts alone. */
const LIMITS: Record<keyof typeof DOCUMENTS, Partial<Distance>> = {
  text: { missingInk: 0.002, addedInk: 0.002, greys: 0.01, pixels: 0.03 },
  'fonts not embedded': { missingInk: 0.005, addedInk: 0.005, greys: 0.01, pixels: 0.03 },
  Letter: { missingInk: 0.005, addedInk: 0.005, greys: 0.01, pixels: 0.03 },
  landscape: { missingInk: 0.005, addedInk: 0.005, greys: 0.01, pixels: 0.03 },
  'turned by its own rotation': { missingInk: 0.005, addedInk: 0.005, greys: 0.01, pixels: 0.03 },
  table: { addedInk: 0.005, pixels: 0.05 },
  photo: { greys: 0.04 },
  scan: { addedInk: 0.005 },
  form: { missingInk: 0.01, addedInk: 0.01, greys: 0.01, pixels: 0.01 },
}

describe('beside Ghostscript', () => {
  it.each(Object.entries(DOCUMENTS))('%s', async (name, make) => {
    for (const page of await compare(name, await make(folder))) {
      for (const [measure, most] of Object.entries(LIMITS[name as keyof typeof DOCUMENTS]))
        expect(page.distance[measure as keyof Distance], `${page.name}: ${measure}`).toBeLessThan(most)
      expect(page.oursSeconds, `${page.name}: seconds on the line`).toBeLessThan(page.theirsSeconds)
      const [ours, theirs] = page.words ?? [0, 0]
      expect(ours, `${page.name}: words read right`).toBeGreaterThanOrEqual(theirs)
    }
  })

  it('100 pages are 100 pages', async () => {
    const { pdf } = await textDocument(folder, 100)
    const seen: number[] = []
    const fax = await rasterisePdf(pdf, { ...FINE, onProgress: (page) => seen.push(page) })
    expect(fax.pages).toBe(100)
    expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    const theirs = join(folder, 'hundred.tif')
    await drawWithGhostscript(pdf, theirs)
    expect(fax.tiff.length).toBeLessThan((await readFile(theirs)).length)
  })
})

describe('a PDF that qpdf encrypts', () => {
  async function encrypt(userPassword: string, bits: string, restrictions: string[]): Promise<Uint8Array> {
    const [plain, encrypted] = [join(folder, 'plain.pdf'), join(folder, 'encrypted.pdf')]
    await writeFile(plain, (await DOCUMENTS.table()).pdf)
    const weak = bits === '256' ? [] : ['--allow-weak-crypto']
    await run('qpdf', [
      ...weak,
      '--encrypt',
      userPassword,
      'owner',
      bits,
      ...restrictions,
      '--',
      plain,
      encrypted,
    ])
    return readFile(encrypted)
  }

  it.each(['40', '128', '256'])('with a password to open it, by %s bits, is refused', async (bits) => {
    await expect(rasterisePdf(await encrypt('secret', bits, []), FINE)).rejects.toMatchObject({
      reason: 'encrypted',
    })
  })

  it.each(['128', '256'])(
    'so that it must not be printed, by %s bits, is drawn, and that is said',
    async (bits) => {
      const { tiff, warnings } = await rasterisePdf(await encrypt('', bits, ['--print=none']), FINE)
      const plain = await rasterisePdf((await DOCUMENTS.table()).pdf, FINE)
      expect(Buffer.compare(tiff, plain.tiff)).toBe(0)
      expect(warnings).toEqual([expect.stringContaining('printed')])
    },
  )
})

describe('the TIFF, in each resolution', () => {
  it.each(RESOLUTIONS)(
    '%s has the same pixels in libtiff, our reader and three viewers',
    async (resolution) => {
      const file = join(folder, `${resolution}.tif`)
      const { pdf } = await DOCUMENTS.photo()
      const { tiff } = await rasterisePdf(pdf, { ...FINE, resolution })
      await writeFile(file, tiff)
      const { pages, warnings, differences } = await verifyAgainstLibtiff(file, folder)
      expect(pages).toMatchObject([{ coding: 'T.6', treatment: 'copied', warnings: [] }])
      expect(warnings).toEqual([])
      expect(differences).toEqual({ poppler: [0], mupdf: [0], ghostscript: [0] })
      expect(await run('tiffinfo', [file])).not.toMatch(/warning|error/i)
    },
  )

  it.each(RESOLUTIONS)('%s has a header that can be read', async (resolution) => {
    const header = (page: number, pages: number) =>
      `2026-11-25 10:31   Praxis Mueller   +41 44 123 45 67   Page ${page} of ${pages}`
    const { pdf } = await textDocument(folder, 3)
    const file = join(folder, 'header.tif')
    await writeFile(file, (await rasterisePdf(pdf, { ...FINE, resolution, header })).tiff)
    for (const [index, page] of (await readPages(file)).entries()) {
      const verticalDpi = VERTICAL_DPI[resolution]
      const height = Math.round(verticalDpi / 3)
      const top = { width: page.width, height, pixels: page.pixels.subarray(0, page.width * height) }
      const text = await readText(top, verticalDpi, folder)
      // How wide a blank between digits is, is in the eye of the reader.
      expect(text.replaceAll(/\s/g, '')).toContain(`PraxisMueller+41441234567Page${index + 1}of3`)
    }
  })
})

async function compare(name: string, document: SampleDocument): Promise<ReportedPage[]> {
  const [ours, theirs] = [join(folder, 'ours.tif'), join(folder, 'theirs.tif')]
  const fax = await rasterisePdf(document.pdf, FINE)
  await writeFile(ours, fax.tiff)
  await drawWithGhostscript(document.pdf, theirs)
  const [oursPages, theirsPages] = [await readPages(ours), await readPages(theirs)]
  expect(oursPages).toHaveLength(theirsPages.length)
  const theirsSeconds = ((await readFile(theirs)).length * 8) / LINE_RATE
  const pages: ReportedPage[] = []
  for (const [index, picture] of oursPages.entries()) {
    const laid = await layBeside(theirsPages[index], document.pdf, index)
    const words = await readBoth(document, index, oursPages.length, picture, laid)
    pages.push({
      name: `${name}, page ${index + 1}`,
      ours: picture,
      theirs: laid,
      distance: distance(picture, laid),
      oursSeconds: fax.lineSeconds / oursPages.length,
      theirsSeconds: theirsSeconds / oursPages.length,
      ...(words !== undefined && { words }),
    })
  }
  reported.push(...pages)
  return pages
}

async function drawWithGhostscript(pdf: Uint8Array, output: string): Promise<void> {
  const input = join(folder, 'input.pdf')
  await writeFile(input, pdf)
  const device = ['-sDEVICE=tiffg4', '-r204x196', `-sOutputFile=${output}`]
  await run('gs', ['-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', ...device, input])
}

async function layBeside(
  page: PagePicture | undefined,
  pdf: Uint8Array,
  index: number,
): Promise<PagePicture> {
  if (page === undefined) throw new Error('Ghostscript drew fewer pages')
  const drawn = (await PDFDocument.load(pdf)).getPage(index)
  const isTurned = drawn.getRotation().angle % 180 !== 0
  const { width, height } = drawn.getSize()
  const [widthPoints, heightPoints] = isTurned ? [height, width] : [width, height]
  const layout = layOutPage({ widthPoints, heightPoints }, FINE)
  return layLike(page, Math.round((widthPoints / 72) * 204), layout)
}

/** Of a document whose words are known: how many tesseract reads on this page, of ours and of theirs, and how many there are. */
async function readBoth(
  { words }: SampleDocument,
  index: number,
  pages: number,
  ours: PagePicture,
  theirs: PagePicture,
): Promise<[number, number, number] | undefined> {
  if (words === undefined) return undefined
  const perPage = Math.ceil(words.length / pages)
  const expected = words.slice(index * perPage, (index + 1) * perPage)
  const one = await readWords(ours, VERTICAL_DPI.fine, folder)
  const other = await readWords(theirs, VERTICAL_DPI.fine, folder)
  return [countRight(expected, one), countRight(expected, other), expected.length]
}
