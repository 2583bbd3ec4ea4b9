import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { type Task, type Timing, takeTurns } from '../measure.ts'
import type { Fax } from './faxes.ts'
import { type Bundled, conversion } from './ours.ts'
import { PEERS } from './peers.ts'
import { processes } from './processes.ts'

export const PAGE_COUNTS = [1, 3, 50, 200]
/** What Asterisk writes: the default run has the slow peers convert long faxes in this coding alone. */
export const USUAL_CODING = 'T.4 2-D'
const LONG_FAX_PAGES = 50

export interface Row {
  fax: Fax
  pdfBytes: number
  timings: Readonly<Record<string, Timing>>
}

/** Columns that are ours; those of the peers follow. */
export const COPIED = 'copied'
export const RECODED = 'coded anew'
export const WHOLE_PROCESS = 'whole process'

export function measure(fax: Fax, { command }: Bundled, folder: string, full: boolean): Row {
  const pdf = join(folder, 'out.pdf')
  const tiff = readFileSync(fax.path)
  const limitMs = full ? 600_000 : 20_000
  const peers = Object.entries(PEERS).map(([name, commands]): [string, Task] => {
    if (!full && isLeftOut(name, fax)) return [name, () => ({ without: '--full' })]
    return [name, processes(commands(fax.path, pdf), limitMs)]
  })
  const whole = [[process.execPath, command, 'convert', fax.path, '-o', pdf]] as const
  const tasks = {
    [COPIED]: conversion(tiff),
    [RECODED]: conversion(readFileSync(fax.inStrips)),
    [WHOLE_PROCESS]: processes(whole, limitMs),
    ...Object.fromEntries(peers),
  }
  const pdfBytes = convertTiffToPdf(tiff, {}).pdf.length
  return { fax, pdfBytes, timings: takeTurns(tasks, { rounds: 5, atMostMs: 2_500 }) }
}

/** tiff2pdf is in the goals; the others take seconds to minutes for a long fax. */
function isLeftOut(peer: string, { pages, coding }: Fax): boolean {
  if (peer === 'tiff2pdf' || pages < LONG_FAX_PAGES) return false
  return peer === 'utif + pdf-lib' || coding !== USUAL_CODING
}

export function millisecondsOf(timing: Timing | undefined): number {
  return timing !== undefined && 'milliseconds' in timing ? timing.milliseconds : Number.NaN
}
