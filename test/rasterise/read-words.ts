import { join } from 'node:path'
import sharp from 'sharp'
import { HORIZONTAL_DPI } from '../../functions/submit/rasterise/page-layout.ts'
import { run } from '../conversion/tools.ts'
import type { PagePicture } from './page-picture.ts'

/** Tesseract wants square pixels, as many to the inch as a good scan has. */
const DPI = 300

/** What tesseract reads on a page, in lines. */
export async function readText(page: PagePicture, verticalDpi: number, folder: string): Promise<string> {
  const { width, height, pixels } = page
  const file = join(folder, 'words.png')
  const [columns, rows] = [
    Math.round((width * DPI) / HORIZONTAL_DPI),
    Math.round((height * DPI) / verticalDpi),
  ]
  const image = sharp(pixels, { raw: { width, height, channels: 1 } })
  await image.resize(columns, rows, { fit: 'fill' }).png().toFile(file)
  // Its threads wait for each other by spinning, which takes minutes where there are fewer processors than it thinks.
  const words = [file, '-', '-l', 'eng', '--psm', '6', '--dpi', String(DPI)]
  return run('env', ['OMP_THREAD_LIMIT=1', 'tesseract', ...words])
}

export async function readWords(page: PagePicture, verticalDpi: number, folder: string): Promise<string[]> {
  return (await readText(page, verticalDpi, folder)).toLowerCase().match(/[a-z]+/g) ?? []
}

/** How many of the words were read, each as often as it is there. */
export function countRight(expected: readonly string[], read: readonly string[]): number {
  const left = new Map<string, number>()
  for (const word of read) left.set(word, (left.get(word) ?? 0) + 1)
  let right = 0
  for (const word of expected) {
    const count = left.get(word) ?? 0
    if (count === 0) continue
    left.set(word, count - 1)
    right++
  }
  return right
}
