import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Distance } from './distance.ts'
import { type PagePicture, toPng } from './page-picture.ts'

export interface ReportedPage {
  name: string
  ours: PagePicture
  theirs: PagePicture
  distance: Distance
  oursSeconds: number
  theirsSeconds: number
  /** Right words of ours, of theirs, of all. */
  words?: readonly [number, number, number]
}

/** Where a person looks: both pages side by side. */
export async function writeReport(pages: readonly ReportedPage[]): Promise<string> {
  const folder = resolve('.build/rasterise-report')
  await mkdir(folder, { recursive: true })
  const sections: string[] = []
  for (const [index, page] of pages.entries()) {
    const files = { ours: page.ours, theirs: page.theirs }
    for (const [side, picture] of Object.entries(files))
      await writeFile(join(folder, `${index}-${side}.png`), await toPng(picture))
    sections.push(section(page, index))
  }
  const file = join(folder, 'index.html')
  await writeFile(
    file,
    `<!doctype html><meta charset="utf-8"><title>faxlane beside Ghostscript</title>${STYLE}${sections.join('\n')}`,
  )
  return file
}

const STYLE = `<style>body{font:15px sans-serif;margin:2em}img{width:48vw;border:1px solid #999;image-rendering:auto}</style>`

function section({ name, distance, oursSeconds, theirsSeconds, words }: ReportedPage, index: number): string {
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
  const read = words === undefined ? '' : `, words read right: ${words[0]} and ${words[1]} of ${words[2]}`
  return `<h2>${name}</h2><p>Ours left, Ghostscript's right. On the line ${oursSeconds.toFixed(1)} s and ${theirsSeconds.toFixed(1)} s${read}.
Ink missing ${percent(distance.missingInk)}, added ${percent(distance.addedInk)}; greys ${percent(distance.greys)} apart; pixels ${percent(distance.pixels)}.</p>
<img src="${index}-ours.png"> <img src="${index}-theirs.png">`
}
