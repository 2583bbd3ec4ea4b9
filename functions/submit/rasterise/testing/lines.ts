import { greyPage } from '../black-and-white/grey-page.ts'
import { paperLevel } from '../black-and-white/paper.ts'
import { findRegions } from '../black-and-white/regions.ts'
import { toBlackAndWhite } from '../black-and-white/rows.ts'

/** What becomes of a grey page, as rows of `#` and `.`. */
export function blackAndWhite(
  widthPixels: number,
  heightRows: number,
  levelAt: (x: number, y: number) => number,
  verticalDpi = 196,
): string[] {
  const page = greyPage(new ArrayBuffer(widthPixels * heightRows), 0, {
    widthPixels,
    heightRows,
    verticalDpi,
  })
  for (let y = 0; y < heightRows; y++)
    for (let x = 0; x < widthPixels; x++) page.pixels[y * widthPixels + x] = levelAt(x, y)
  const paper = paperLevel(page, { left: 0, top: 0, width: widthPixels, rows: heightRows })
  const lines: string[] = []
  toBlackAndWhite(page, paper, findRegions(page, paper), (transitions, count) => {
    let line = ''
    for (let index = 0; index <= count; index++) {
      const end = index < count ? (transitions[index] as number) : widthPixels
      line += (index % 2 === 0 ? '.' : '#').repeat(end - line.length)
    }
    lines.push(line)
  })
  return lines
}

export function shareOfBlack(lines: readonly string[]): number {
  const all = lines.join('')
  return all.split('#').length / all.length
}
