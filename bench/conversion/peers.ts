import { fileURLToPath } from 'node:url'
import type { Commands } from './processes.ts'

/** What a user would pick instead, as one would call it. */
export const PEERS: Readonly<Record<string, (tiff: string, pdf: string) => Commands>> = {
  tiff2pdf: (tiff, pdf) => [['tiff2pdf', '-o', pdf, tiff]],
  img2pdf: (tiff, pdf) => [['img2pdf', '-o', pdf, tiff]],
  // Ghostscript reads no TIFF; this is how CUPS and others bring one to it.
  Ghostscript: (tiff, pdf) => [
    ['tiff2ps', '-a', '-2', '-O', `${pdf}.ps`, tiff],
    ['gs', '-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', '-sDEVICE=pdfwrite', `-sOutputFile=${pdf}`, `${pdf}.ps`],
  ],
  'utif + pdf-lib': (tiff, pdf) => [[process.execPath, NAIVE, tiff, pdf]],
}

const NAIVE = fileURLToPath(new URL('./utif-and-pdf-lib.mjs', import.meta.url))
