import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './tools.ts'

const TEXT = `/Times-Roman findfont 11 scalefont setfont
0 1 54 { /line exch def 60 780 line 13 mul sub moveto
  (Line ) show line 3 string cvs show
  ( of a letter as a fax brings it: words, more words, 0123456789 and EUR 1,234.56.) show } for
/Helvetica-Bold findfont 30 scalefont setfont 60 30 moveto (FAX) show 2 setlinewidth 40 20 515 790 rectstroke
showpage
`

/** A slope of greys, which a fax shows as a halftone, and fine lines. */
const PICTURE = `/slope 256 string def 0 1 255 { slope exch dup put } for
gsave 60 300 translate 470 470 scale 256 1 8 [256 0 0 1 0 0] { slope } image grestore
0 1 40 { /n exch def n 10 div setlinewidth 60 n 6 mul add 40 moveto 0 220 rlineto stroke } for
showpage
`
const COLORS = `0 1 9 { /n exch def n 10 div 1 n 10 div sub 0.5 setrgbcolor 60 n 75 mul 40 add 480 60 rectfill } for
0 setgray /Times-Bold findfont 60 scalefont setfont 80 400 moveto (in colour) show showpage
`
export const PAGES = { text: TEXT, picture: PICTURE, colors: COLORS } as const

export interface Drawing {
  /** One of Ghostscript's: tiffg3, tiffg32d, tiffg4, tiffpack, tifflzw, tiffgray … */
  device: string
  pages: readonly (keyof typeof PAGES)[]
  width: number
  height: number
  dpi: string
}

/** Draws pages as fax programs do that use Ghostscript. Gives the TIFF's path. */
export async function drawTiff(folder: string, name: string, drawing: Drawing): Promise<string> {
  const { device, pages, width, height, dpi } = drawing
  const source = join(folder, `${name}.ps`)
  const output = join(folder, `${name}.tif`)
  await writeFile(source, pages.map((page) => PAGES[page]).join(''))
  const quiet = ['-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', `-sDEVICE=${device}`, '-sstdout=%stderr']
  await run('gs', [...quiet, `-g${width}x${height}`, `-r${dpi}`, `-sOutputFile=${output}`, source])
  return output
}
