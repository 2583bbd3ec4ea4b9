import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convertTiffToPdf, type PageReport } from './convert.ts'
import { drawTestPage } from './testing/bitmap.ts'
import { type FaxWriting, writeFax } from './testing/fax-writer.ts'
import { countDifferences, decodeTiff, type Picture } from './testing/pixels.ts'
import { readSample, SAMPLES } from './testing/samples.ts'
import { faxTags, writeTiff } from './testing/tiff-writer.ts'

/**
 * The same pixels in poppler, MuPDF and Ghostscript as in libtiff, on files that libtiff's own tools write. Wants the
 * Debian packages libtiff-tools, poppler-utils, mupdf-tools, ghostscript and qpdf.
 */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faxlane-viewers-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (program: string, ...options: string[]) =>
  execFileSync(program, options, { stdio: ['ignore', 'pipe', 'pipe'] })

interface Viewer {
  name: string
  draw: (pdf: string, picture: string, page: PageReport) => void
}

const dpi = ({ xDpi, yDpi }: PageReport) => [String(xDpi), String(yDpi)] as const

const VIEWERS: Viewer[] = [
  {
    name: 'poppler',
    draw: (pdf, picture, page) => {
      const [x, y] = dpi(page)
      run('pdftoppm', '-rx', x, '-ry', y, '-mono', '-singlefile', pdf, picture.replace(/\.pbm$/, ''))
    },
  },
  {
    // MuPDF has one resolution for both directions; asked for width and height it takes them as they are.
    name: 'MuPDF',
    draw: (pdf, picture, page) => {
      const size = ['-w', String(page.widthPixels), '-h', String(page.heightPixels), '-f']
      run('mutool', 'draw', ...size, '-A', '0', '-c', 'mono', '-F', 'pbm', '-o', picture, pdf)
    },
  },
  {
    name: 'Ghostscript',
    draw: (pdf, picture, page) => {
      const size = [`-r${dpi(page).join('x')}`, `-g${page.widthPixels}x${page.heightPixels}`]
      run('gs', '-q', '-dBATCH', '-dNOPAUSE', '-sDEVICE=pbmraw', ...size, '-o', picture, pdf)
    },
  },
]

/** A raw portable bitmap, 1 for black. */
function readBitmap(path: string): Picture {
  const bytes = readFileSync(path)
  const header = /^P4\s+(?:#[^\n]*\s+)*(\d+)\s+(\d+)\s/.exec(bytes.subarray(0, 200).toString('latin1'))
  const [width, height] = [Number(header?.[1]), Number(header?.[2])]
  const start = header?.[0].length ?? 0
  const rowBytes = Math.ceil(width / 8)
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = bytes[start + y * rowBytes + (x >> 3)] ?? 0
      pixels[y * width + x] = byte & (0x80 >> (x & 7)) ? 0 : 255
    }
  }
  return { width, height, pixels }
}

const WRITINGS = [
  ['as received'],
  ['-c', 'g3:1d'],
  ['-c', 'g3:1d:fill'],
  ['-c', 'g3:2d'],
  ['-c', 'g3:2d:fill', '-f', 'lsb2msb'],
  ['-c', 'g4'],
  ['-c', 'g4', '-f', 'lsb2msb'],
  ['-c', 'g4', '-B', '-8'],
  ['-c', 'g4', '-r', '64'],
  ['-c', 'g3:2d', '-r', '100'],
  ['-c', 'packbits', '-r', '50'],
  ['-c', 'lzw'],
  ['-c', 'zip'],
  ['-c', 'none'],
  ['-c', 'g4', '-t', '-w', '256', '-l', '128'],
]

/** Converts, has the PDF checked, and has the first page drawn to out.pbm. */
function drawTiff(tiff: Uint8Array, draw: Viewer['draw']): void {
  const { pdf, pages } = convertTiffToPdf(tiff, { source: '0123', receivedAt: new Date(0) })
  const path = join(folder, 'out.pdf')
  writeFileSync(path, pdf)
  run('qpdf', '--check', path)
  const [page] = pages
  if (page === undefined) throw new Error('no page')
  draw(path, join(folder, 'out.pbm'), page)
}

/** What libtiff's tools do not write. */
const OWN_WRITINGS: { compression: number; photometric: number; writing: FaxWriting }[] = [0, 1].flatMap(
  (photometric) => [
    { photometric, compression: 2, writing: { coding: 'RLE' } },
    { photometric, compression: 3, writing: { coding: 'T.4 1-D', endOfLines: false } },
    { photometric, compression: 3, writing: { coding: 'T.4 1-D', endOfBlock: true, fillBits: true } },
    { photometric, compression: 3, writing: { coding: 'T.4 2-D', endOfBlock: true } },
    { photometric, compression: 4, writing: { coding: 'T.6' } },
    { photometric, compression: 4, writing: { coding: 'T.6', endOfBlock: true } },
  ],
)

describe.each(VIEWERS)('$name shows the pixels that libtiff decodes', ({ draw }) => {
  const faxes = SAMPLES.filter(({ name }) => name !== 'long-fine-ecm')
  it.each(faxes.flatMap(({ name }) => WRITINGS.map((options) => ({ name, options }))))(
    '$name $options',
    async ({ name, options }) => {
      const received = readSample(name)
      writeFileSync(join(folder, 'in.tif'), received)
      // One strip unless the case says otherwise.
      const strips = options.includes('-r') || options.includes('-t') ? [] : ['-r', '100000']
      const written = join(folder, options[0] === 'as received' ? 'in.tif' : 'written.tif')
      if (options[0] !== 'as received') run('tiffcp', ...options, ...strips, join(folder, 'in.tif'), written)
      drawTiff(readFileSync(written), draw)
      expect(countDifferences(readBitmap(join(folder, 'out.pbm')), await decodeTiff(received))).toBe(0)
    },
  )

  it.each(OWN_WRITINGS)(
    '$writing, photometric interpretation $photometric',
    async ({ compression, photometric, writing }) => {
      const bitmap = drawTestPage(1728, 200, 5)
      const tags = faxTags(1728, 200, compression, {
        262: photometric,
        292: writing.coding === 'T.4 2-D' ? 1 : 0,
      })
      const tiff = writeTiff([{ tags, segments: [writeFax(bitmap, writing)] }])
      drawTiff(tiff, draw)
      expect(countDifferences(readBitmap(join(folder, 'out.pbm')), await decodeTiff(tiff))).toBe(0)
    },
  )
})
