import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Picture, readPnm } from './pictures.ts'
import { run } from './tools.ts'

export interface PageSize {
  widthPixels: number
  heightPixels: number
  xDpi: number
  yDpi: number
}

type Viewer = (pdf: string, page: number, size: PageSize, folder: string) => Promise<Picture>

/** Each draws a page (from 1) so that a pixel of the fax is a pixel of the picture. */
export const VIEWERS: Readonly<Record<string, Viewer>> = {
  async poppler(pdf, page, { xDpi, yDpi }, folder) {
    const output = join(folder, 'poppler')
    // -scale-to-x would give the same size, and draw the image a pixel wider than that.
    const resolution = ['-rx', `${xDpi}`, '-ry', `${yDpi}`]
    await run('pdftoppm', ['-f', `${page}`, '-singlefile', ...resolution, pdf, output])
    return readPnm(await readFile(`${output}.ppm`))
  },
  async mupdf(pdf, page, { widthPixels, heightPixels }, folder) {
    const output = join(folder, 'mupdf.pnm')
    const size = ['-w', `${widthPixels}`, '-h', `${heightPixels}`, '-f']
    await run('mutool', ['draw', '-q', '-F', 'pnm', '-c', 'rgb', ...size, '-o', output, pdf, `${page}`])
    return readPnm(await readFile(output))
  },
  async ghostscript(pdf, page, { widthPixels, heightPixels, xDpi, yDpi }, folder) {
    const output = join(folder, 'ghostscript.ppm')
    const size = [`-g${widthPixels}x${heightPixels}`, `-r${xDpi}x${yDpi}`]
    const pages = [`-dFirstPage=${page}`, `-dLastPage=${page}`]
    const quiet = ['-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', '-sDEVICE=ppmraw']
    await run('gs', [...quiet, ...pages, ...size, `-sOutputFile=${output}`, pdf])
    return readPnm(await readFile(output))
  },
}

/** Width and height of each page's box in points, as poppler reads them. */
export async function pageBoxes(pdf: string, pages: number): Promise<[number, number][]> {
  const text = await run('pdfinfo', ['-f', '1', '-l', `${pages}`, pdf])
  const boxes = text.matchAll(/^Page +\d+ size: +([\d.]+) x ([\d.]+) pts/gm)
  return [...boxes].map(([, width, height]) => [Number(width), Number(height)])
}
