import type { PageReport } from '../../shared/conversion/convert.ts'
import { visible } from '../../shared/visible.ts'

/** What became of one file: its fields are the JSON that is printed, so they are part of the interface. */
export type FileReport = Converted | Refused | Failed

export interface Converted {
  file: string
  output: string
  pages: readonly PageReport[]
  warnings: readonly string[]
  inputBytes: number
  outputBytes: number
  /** Of the conversion alone, without reading and writing the files. */
  milliseconds: number
}

export interface Refused {
  file: string
  /** byteOffset: where in the TIFF the reason stands. */
  refused: { reason: string; byteOffset?: number }
  milliseconds: number
}

export interface Failed {
  file: string
  failed: { reason: string; code?: string }
}

export function describe(report: FileReport): string {
  if ('failed' in report) return `${report.failed.reason}\n`
  if ('refused' in report) return `${visible(report.file)}: refused: ${visible(report.refused.reason)}\n`
  return [headline(report), ...table(report.pages), ...report.warnings.map((text) => `  ${visible(text)}`)]
    .map((line) => `${line}\n`)
    .join('')
}

function headline({ file, output, pages, inputBytes, outputBytes, milliseconds }: Converted): string {
  const count = pages.length === 1 ? '1 page' : `${pages.length} pages`
  const size = `${kilobytes(inputBytes)} to ${kilobytes(outputBytes)} kB`
  return `${visible(file)} -> ${visible(output)}: ${count}, ${size}, ${milliseconds.toFixed(1)} ms`
}

const COLUMNS = ['page', 'pixels', 'dpi', 'coding', 'treatment', 'damaged rows'] as const
const GAP = '  '

function table(pages: readonly PageReport[]): string[] {
  const groups = alike(pages)
  const rows = groups.map(({ first, last, page }) => [
    first === last ? `${first}` : `${first}-${last}`,
    ...cells(page),
  ])
  const widths = COLUMNS.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]): string =>
    GAP +
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd()
  return [
    line(COLUMNS),
    ...rows.flatMap((row, index) => [
      line(row),
      ...(groups[index]?.page.warnings ?? []).map(
        (text) => GAP + ' '.repeat(widths[0] ?? 0) + GAP + visible(text),
      ),
    ]),
  ]
}

function cells(page: PageReport): string[] {
  const { widthPixels, heightPixels, xDpi, yDpi, coding, treatment, damagedRows } = page
  return [`${widthPixels}x${heightPixels}`, `${xDpi}x${yDpi}`, coding, treatment, `${damagedRows}`]
}

interface Group {
  first: number
  last: number
  page: PageReport
}

/** Pages that follow each other and are the same in all that is shown take one line. */
function alike(pages: readonly PageReport[]): Group[] {
  const groups: Group[] = []
  for (const [index, page] of pages.entries()) {
    const group = groups.at(-1)
    const same = group !== undefined && shown(group.page) === shown(page)
    if (same) group.last = index + 1
    else groups.push({ first: index + 1, last: index + 1, page })
  }
  return groups
}

function shown(page: PageReport): string {
  return [...cells(page), ...page.warnings].join('\n')
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1)
}
