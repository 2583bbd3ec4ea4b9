import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFaxes } from './conversion/faxes.ts'
import { describeGoal, goalsOf } from './conversion/goals.ts'
import { bundle } from './conversion/ours.ts'
import { PEERS } from './conversion/peers.ts'
import { processes } from './conversion/processes.ts'
import {
  COPIED,
  measure,
  millisecondsOf,
  PAGE_COUNTS,
  RECODED,
  type Row,
  WHOLE_PROCESS,
} from './conversion/rows.ts'
import { table } from './conversion/table.ts'
import { takeTurns } from './measure.ts'

/** Speed, size and memory of the conversion, beside what a user would pick instead, in one run on the same files. */
export async function benchConversion(full: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'faxlane-bench-'))
  try {
    const bundled = bundle(folder)
    const faxes = makeFaxes(folder, PAGE_COUNTS)
    const rows = faxes.map((fax) => measure(fax, bundled, folder, full))
    console.log(table(HEADER, rows.map(cellsOf)))
    console.log(`\n${caption()}\n`)
    const goals = goalsOf(rows, bundled, folder)
    console.log(table(['goal', 'measured', 'wanted', ''], goals.map(describeGoal)))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const HEADER = ['fax', 'kB', 'PDF kB', COPIED, RECODED, WHOLE_PROCESS, ...Object.keys(PEERS)]

function cellsOf({ fax, pdfBytes, timings }: Row): string[] {
  const ours = millisecondsOf(timings[WHOLE_PROCESS])
  const cell = (name: string): string => {
    const timing = timings[name]
    if (timing === undefined || 'without' in timing) return timing?.without ?? ''
    const { milliseconds } = timing
    const shown = milliseconds.toFixed(milliseconds < 10 ? 1 : 0)
    return name in PEERS ? `${shown} (${(milliseconds / ours).toFixed(1)})` : shown
  }
  return [
    `${fax.pages} ${fax.pages === 1 ? 'page' : 'pages'}, ${fax.coding}`,
    kilobytes(fax.sizeBytes),
    kilobytes(pdfBytes),
    ...HEADER.slice(3).map(cell),
  ]
}

function caption(): string {
  const { bare } = takeTurns(
    { bare: processes([[process.execPath, '-e', '0']], 10_000) },
    { rounds: 9, atMostMs: 5_000 },
  )
  return `Medians in ms, the peers as whole processes: in brackets how many times as long as ours. Node that does nothing: ${millisecondsOf(bare).toFixed(0)} ms.`
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0)
}
