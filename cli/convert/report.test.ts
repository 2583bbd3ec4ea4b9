import { expect, it } from 'vitest'
import type { PageReport } from '../../shared/conversion/convert.ts'
import { describe as describeReport } from './report.ts'

const page: PageReport = {
  widthPixels: 1728,
  heightPixels: 2292,
  xDpi: 204,
  yDpi: 196,
  coding: 'T.4 2-D',
  treatment: 'copied',
  damagedRows: 0,
  warnings: [],
}

const report = {
  file: 'in.tif',
  output: 'out.pdf',
  warnings: [],
  inputBytes: 17_116,
  outputBytes: 19_300,
  milliseconds: 4.217,
}

it('aligns the pages, and puts those alike on one line', () => {
  const damaged: PageReport = {
    ...page,
    heightPixels: 98,
    coding: 'T.6',
    treatment: 'repaired',
    damagedRows: 3,
  }
  const pages = [page, page, page, { ...damaged, warnings: ['3 of 98 rows could not be read'] }, page]
  expect(describeReport({ ...report, pages, warnings: ['the file breaks off after page 5'] })).toBe(
    `in.tif -> out.pdf: 5 pages, 17.1 to 19.3 kB, 4.2 ms
  page  pixels     dpi      coding   treatment  damaged rows
  1-3   1728x2292  204x196  T.4 2-D  copied     0
  4     1728x98    204x196  T.6      repaired   3
        3 of 98 rows could not be read
  5     1728x2292  204x196  T.4 2-D  copied     0
  the file breaks off after page 5
`,
  )
})

it('shows what a name or a warning does to a terminal, and does not let it', () => {
  const text = describeReport({ ...report, file: '\u001b]0;x\u0007.tif', pages: [page], warnings: ['a\rb'] })
  expect(text).toContain('\\u{1b}]0;x\\u{7}.tif -> out.pdf')
  expect(text).toContain('  a\\u{d}b\n')
})
