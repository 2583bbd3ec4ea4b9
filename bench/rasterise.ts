import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { DOCUMENTS, type SampleDocument, textDocument } from '../test/rasterise/documents.ts'
import { describeGoal, type Goal } from './conversion/goals.ts'
import { peakMemoryBytes, processes } from './conversion/processes.ts'
import { table } from './conversion/table.ts'
import { takeTurns } from './measure.ts'

const ROUNDS = 9
const AT_MOST_MS = 20_000
const LINE_RATE = 14_400
/** A process of one, a usual fax, a long one. */
const TEXT_PAGES = [1, 28, 100] as const
const GOAL_PAGES = 28
const LONGEST_PAGES = 100

interface Row {
  name: string
  pages: number
  oursMs: number
  theirsMs: number
  oursBytes: number
  theirsBytes: number
  oursMemory: number
  theirsMemory: number
}

/** The rasteriser beside Ghostscript's tiffg4, each as a whole process: time, memory, and the seconds on the line of what it writes. */
export async function benchRasterise(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'faxlane-bench-'))
  try {
    const command = bundle(folder)
    const rows: Row[] = []
    for (const pages of TEXT_PAGES) {
      const document = await textDocument(folder, pages)
      rows.push(measure(`text, ${pages} ${pages === 1 ? 'page' : 'pages'}`, pages, document, command, folder))
    }
    for (const name of ['photo', 'scan', 'table'] as const)
      rows.push(measure(name, 1, await DOCUMENTS[name](folder), command, folder))
    console.log(table(HEADER, rows.map(cellsOf)))
    console.log(
      `\nMedians of up to ${ROUNDS} rounds by turns, the start of the process counted, on Node ${process.version}.\n`,
    )
    console.log(table(['goal', 'measured', 'wanted', ''], goalsOf(rows).map(describeGoal)))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** As a function is bundled, with PDFium beside it. */
function bundle(folder: string): string {
  const file = join(folder, 'rasterise.mjs')
  buildSync({
    entryPoints: ['bench/rasterise/command.ts'],
    outfile: file,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  })
  const wasm = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm')
  copyFileSync(wasm, join(folder, 'pdfium.wasm'))
  return file
}

function measure(name: string, pages: number, { pdf }: SampleDocument, command: string, folder: string): Row {
  const [input, ours, theirs] = ['input.pdf', 'ours.tif', 'theirs.tif'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ]
  writeFileSync(input, pdf)
  const quiet = ['-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', '-sDEVICE=tiffg4', '-r204x196']
  const ghostscript = ['gs', ...quiet, `-sOutputFile=${theirs}`, input] as const
  const timings = takeTurns(
    {
      ours: processes([[process.execPath, command, input, ours]], AT_MOST_MS),
      theirs: processes([ghostscript], AT_MOST_MS),
    },
    { rounds: ROUNDS, atMostMs: AT_MOST_MS },
  )
  const milliseconds = (timing: (typeof timings)['ours']): number =>
    'milliseconds' in timing ? timing.milliseconds : Number.NaN
  return {
    name,
    pages,
    oursMs: milliseconds(timings.ours),
    theirsMs: milliseconds(timings.theirs),
    oursBytes: statSync(ours).size,
    theirsBytes: statSync(theirs, { throwIfNoEntry: false })?.size ?? Number.NaN,
    oursMemory: peakMemoryBytes([command, input, ours]),
    theirsMemory: peakOf(ghostscript),
  }
}

/** Of any process, as GNU time tells it; not a number where that is not installed. */
function peakOf(words: readonly string[]): number {
  const { stderr, error } = spawnSync('/usr/bin/time', ['-f', '%M', ...words], { encoding: 'utf8' })
  return error === undefined ? Number(stderr.trim().split('\n').at(-1)) * 1024 : Number.NaN
}

const HEADER = [
  'document',
  'ms',
  'Ghostscript',
  'times',
  'pages/s',
  'Ghostscript',
  'MB',
  'Ghostscript',
  'seconds on the line',
  'Ghostscript',
]

function cellsOf(row: Row): string[] {
  const { pages, oursMs, theirsMs } = row
  const rates = [oursMs, theirsMs].map((milliseconds) => ((pages * 1000) / milliseconds).toFixed(0))
  const memory = [row.oursMemory, row.theirsMemory].map((bytes) => (bytes / 1e6).toFixed(0))
  const seconds = [row.oursBytes, row.theirsBytes].map((bytes) => lineSeconds(bytes).toFixed(0))
  const times = (oursMs / theirsMs).toFixed(2)
  return [row.name, oursMs.toFixed(0), theirsMs.toFixed(0), times, ...rates, ...memory, ...seconds]
}

function lineSeconds(bytes: number): number {
  return (bytes * 8) / LINE_RATE
}

function goalsOf(rows: readonly Row[]): Goal[] {
  const usual = rows.find(({ pages }) => pages === GOAL_PAGES)
  const longest = rows.find(({ pages }) => pages === LONGEST_PAGES)
  return [
    {
      what: `${GOAL_PAGES} text pages, whole process, of Ghostscript's time`,
      figure: (usual?.oursMs ?? Number.NaN) / (usual?.theirsMs ?? Number.NaN),
      atMost: 2,
      unit: 'x',
    },
    ...rows.map(({ name, oursBytes, theirsBytes }) => ({
      what: `${name}: seconds on the line, of Ghostscript's`,
      figure: oursBytes / theirsBytes,
      atMost: 1,
      unit: 'x',
    })),
    {
      what: `${LONGEST_PAGES} pages: memory`,
      figure: (longest?.oursMemory ?? Number.NaN) / 1e6,
      atMost: 512,
      unit: 'MB',
    },
  ]
}
