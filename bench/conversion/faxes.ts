import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDirectories } from '../../shared/conversion/tiff/directory.ts'
import { readPage, type Segment } from '../../shared/conversion/tiff/page.ts'
import { openTiff } from '../../shared/conversion/tiff/source.ts'

export interface Fax {
  pages: number
  coding: Coding
  path: string
  /** The same pages in several strips, so that they have to be coded anew. */
  inStrips: string
  sizeBytes: number
}

export const CODINGS = ['T.4 1-D', 'T.4 2-D', 'T.6'] as const
export type Coding = (typeof CODINGS)[number]

/** T.4 2-D as Asterisk writes it. */
const OPTIONS: Readonly<Record<Coding, readonly string[]>> = {
  'T.4 1-D': ['-c', 'g3:1d'],
  'T.4 2-D': ['-c', 'g3:2d:fill', '-f', 'lsb2msb'],
  'T.6': ['-c', 'g4'],
}

/**
 * Pages by turns of a letter, a letter, small print in two columns, and a form with a halftone, no two the same. Fine
 * resolution, except that in three pages one has standard resolution.
 */
const PAGES = `%!
/words [(the) (fax) (received) (today) (order) (of) (twelve) (pieces) (delivery) (within) (days) (price) (and) (invoice)
  (number) (please) (confirm) (by) (return) (regards) (Sales) (Office)] def
/line { { words rand words length mod get show ( ) show } repeat } bind def
/text { /size exch def /most exch def /left exch def /Times-Roman findfont size scalefont setfont
  770 size -1.2 mul 50 { left exch moveto rand 4 mod 0 ne { most line } if } for } bind def
/slope 64 string def 0 1 63 { slope exch dup 4 mul put } for
/form { 0.5 setlinewidth 0 1 20 { 34 mul 60 add 60 exch moveto 480 0 rlineto stroke } for
  gsave 80 480 translate 180 180 scale 64 1 8 [64 0 0 1 0 0] { slope } image grestore 300 5 12 text } bind def
0 1 pages 1 sub { dup srand 4 mod /kind exch def
  kind 2 lt { 60 10 12 text } if kind 2 eq { 40 8 8 text 310 8 8 text } if kind 3 eq { form } if showpage } for
`

/** Draws with Ghostscript and codes with libtiff. Both must be there: without them is nothing to measure. */
export function makeFaxes(folder: string, counts: readonly number[]): Fax[] {
  const most = Math.max(...counts)
  const source = join(folder, 'pages.ps')
  writeFileSync(source, PAGES.replace('%!', `%!\n/pages ${most} def`))
  const fine = draw(folder, source, 'fine', ['-r204x196', '-g1728x2292'])
  const standard = draw(folder, source, 'standard', ['-r204x98', '-g1728x1146', '-dLastPage=4'])
  return counts.flatMap((pages) => {
    const selected = Array.from({ length: pages }, (_, index) => index).join(',')
    const inputs = pages === 3 ? [`${fine},2,3`, `${standard},0`] : [`${fine},${selected}`]
    return CODINGS.map((coding) => {
      const path = join(folder, `${pages}-${coding}.tif`)
      const inStrips = join(folder, `${pages}-${coding}-strips.tif`)
      tiffcp([...OPTIONS[coding], '-r', '100000', ...inputs, path])
      tiffcp([...OPTIONS[coding], '-r', '1000', ...inputs, inStrips])
      return { pages, coding, path, inStrips, sizeBytes: readFileSync(path).length }
    })
  })
}

function draw(folder: string, source: string, name: string, size: readonly string[]): string {
  const output = join(folder, `${name}.tif`)
  const quiet = ['-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', '-sDEVICE=tiffg4', '-dMaxStripSize=0']
  execFileSync('gs', [...quiet, ...size, `-sOutputFile=${output}`, source])
  return output
}

function tiffcp(words: readonly string[]): void {
  execFileSync('tiffcp', words, { stdio: 'ignore' })
}

/** Where the coded bits of each page are. */
export function stripsOf(tiff: Uint8Array): Segment[] {
  const { directories } = readDirectories(openTiff(tiff))
  return directories.flatMap((directory) => readPage(directory).segments)
}

/** A bit in the middle of every strip turned over, as a bad line or disk would. */
export function damage(tiff: Uint8Array): Uint8Array {
  const damaged = Uint8Array.from(tiff)
  for (const { at, length } of stripsOf(tiff)) {
    const middle = at + (length >> 1)
    damaged[middle] = (damaged[middle] ?? 0) ^ 0x10
  }
  return damaged
}
