import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { takeTurns } from '../measure.ts'
import { damage, type Fax } from './faxes.ts'
import { type Bundled, conversion, copy, unchecked } from './ours.ts'
import { peakMemoryBytes } from './processes.ts'
import {
  COPIED,
  millisecondsOf,
  PAGE_COUNTS,
  RECODED,
  type Row,
  USUAL_CODING,
  WHOLE_PROCESS,
} from './rows.ts'

export interface Goal {
  what: string
  figure: number
  /** The figure is to be at least or at most this. */
  atLeast?: number
  atMost?: number
  unit: string
}

export function isMet({ figure, atLeast = -Infinity, atMost = Infinity }: Goal): boolean {
  return figure >= atLeast && figure <= atMost
}

export function describeGoal(goal: Goal): string[] {
  const { what, figure, atLeast, atMost, unit } = goal
  const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
  const verdict = Number.isNaN(figure) ? 'not measured' : isMet(goal) ? 'met' : 'missed'
  return [
    what,
    `${Number.isNaN(figure) ? '-' : figure.toFixed(Math.abs(figure) < 10 ? 2 : 0)} ${unit}`,
    `${wanted} ${unit}`,
    verdict,
  ]
}

export function goalsOf(rows: readonly Row[], bundled: Bundled, folder: string): Goal[] {
  return [
    ...speedGoals(rows),
    ...processGoals(rows),
    ...sizeGoals(rows, bundled),
    ...memoryGoals(rows, bundled, folder),
  ]
}

function speedGoals(rows: readonly Row[]): Goal[] {
  return rows.filter(isLongest).flatMap((row): Goal[] => {
    const { coding, pages } = row.fax
    const one = rows.find(({ fax }) => fax.pages === 1 && fax.coding === coding)
    const peerMs =
      (millisecondsOf(row.timings.tiff2pdf) - millisecondsOf(one?.timings.tiff2pdf)) / (pages - 1)
    const speed = (name: string): number => (peerMs * pages) / millisecondsOf(row.timings[name])
    // tiff2pdf copies T.6 as it is, and never looks at a row.
    const peer = coding === 'T.6' ? 'tiff2pdf, which does not check it' : 'tiff2pdf'
    return [
      {
        what: `${coding}, checked and copied, a page: as fast as ${peer}`,
        figure: speed(COPIED),
        atLeast: 5,
        unit: 'x',
      },
      {
        what: `${coding}, coded anew, a page: as fast as ${peer}`,
        figure: speed(RECODED),
        atLeast: 1,
        unit: 'x',
      },
      ...(coding === USUAL_CODING ? usualGoals(row.fax, peerMs) : []),
    ]
  })
}

function usualGoals({ path, pages }: Fax, peerMs: number): Goal[] {
  const tiff = readFileSync(path)
  const tasks = { repaired: conversion(damage(tiff)), unchecked: unchecked(tiff), copy: copy(tiff) }
  const timings = takeTurns(tasks, { rounds: 5, atMostMs: 5_000 })
  const repaired = (peerMs * pages) / millisecondsOf(timings.repaired)
  const perCopy = millisecondsOf(timings.unchecked) / millisecondsOf(timings.copy)
  return [
    {
      what: `${USUAL_CODING}, repaired, a page: as fast as tiff2pdf on a whole one`,
      figure: repaired,
      atLeast: 1,
      unit: 'x',
    },
    { what: 'what copying takes besides the check, of a memcpy', figure: perCopy, atMost: 3, unit: 'x' },
  ]
}

function processGoals(rows: readonly Row[]): Goal[] {
  const wanted = { tiff2pdf: 4, img2pdf: 20 }
  return rows.filter(isLongest).flatMap(({ fax, timings }) =>
    Object.entries(wanted).map(([peer, atLeast]) => ({
      what: `${fax.coding}, ${fax.pages} pages, whole process: as fast as ${peer}`,
      figure: millisecondsOf(timings[peer]) / millisecondsOf(timings[WHOLE_PROCESS]),
      atLeast,
      unit: 'x',
    })),
  )
}

function isLongest({ fax }: Row): boolean {
  return fax.pages === Math.max(...PAGE_COUNTS)
}

function sizeGoals(
  rows: readonly Row[],
  { conversionBytes, rasterBytes, importMilliseconds }: Bundled,
): Goal[] {
  const excess = rows.map(({ fax, pdfBytes }) => (pdfBytes - fax.sizeBytes - 3000) / fax.pages)
  const faxKilobytes = (conversionBytes - rasterBytes) / 1000
  const raster = `${(rasterBytes / 1000).toFixed(0)} kB for other pages not counted`
  return [
    {
      what: 'PDF, above the input and 3,000 a file: bytes a page',
      figure: Math.max(...excess),
      atMost: 1000,
      unit: 'B',
    },
    {
      what: `fax pages: reader, checker, codec and writer, ${raster}`,
      figure: faxKilobytes,
      atMost: 30,
      unit: 'kB',
    },
    { what: 'import of all of it', figure: importMilliseconds, atMost: 15, unit: 'ms' },
  ]
}

/** 200 pages in the usual coding, above a process that does nothing. */
function memoryGoals(rows: readonly Row[], { command }: Bundled, folder: string): Goal[] {
  const fax = rows
    .map((row) => row.fax)
    .find(({ pages, coding }) => pages === Math.max(...PAGE_COUNTS) && coding === USUAL_CODING)
  if (fax === undefined) return []
  const bare = peakMemoryBytes(['-e', '0'])
  const above = (tiff: string): number =>
    (peakMemoryBytes([command, 'convert', tiff, '-o', join(folder, 'out.pdf')]) - bare) / 1e6
  const atMost = Math.round((2 * fax.sizeBytes) / 1e6 + 40)
  return [
    { what: 'memory above a bare process, 200 pages copied', figure: above(fax.path), atMost, unit: 'MB' },
    {
      what: 'memory above a bare process, 200 pages coded anew',
      figure: above(fax.inStrips),
      atMost,
      unit: 'MB',
    },
  ]
}
