import type { PagePicture } from './page-picture.ts'

export interface Distance {
  /** Of the other's black pixels, the share that has none of ours within reach; and the other way round. */
  missingInk: number
  addedInk: number
  /** Mean difference of the greys, 0 to 1, seen from so far away that dots blend. */
  greys: number
  /** Pixels that are not the same, of all. */
  pixels: number
}

/** A hairline may be drawn a pixel beside, and a scaled page shifts by as much. */
const REACH = 3
const BOX = 16
const BLACK = 0

export function distance(ours: PagePicture, theirs: PagePicture): Distance {
  const { width, height } = ours
  if (theirs.width !== width || theirs.height !== height) throw new Error('pages of different size')
  return {
    missingInk: shareWithout(theirs, ours),
    addedInk: shareWithout(ours, theirs),
    greys: greyDistance(ours, theirs),
    pixels: shareDifferent(ours, theirs),
  }
}

function shareDifferent({ pixels }: PagePicture, other: PagePicture): number {
  let different = 0
  for (let at = 0; at < pixels.length; at++) if (pixels[at] !== other.pixels[at]) different++
  return different / pixels.length
}

function shareWithout({ pixels }: PagePicture, other: PagePicture): number {
  const reached = widen(other)
  let [ink, without] = [0, 0]
  for (let at = 0; at < pixels.length; at++) {
    if (pixels[at] !== BLACK) continue
    ink++
    if (reached[at] === 0) without++
  }
  return ink === 0 ? 0 : without / ink
}

/** 1 where a black pixel is within reach, first along the rows, then along the columns. */
function widen({ width, pixels }: PagePicture): Uint8Array {
  const along = new Uint8Array(pixels.length)
  for (let at = 0; at < pixels.length; at++) {
    if (pixels[at] !== BLACK) continue
    const start = at - (at % width)
    along.fill(1, Math.max(start, at - REACH), Math.min(start + width, at + REACH + 1))
  }
  const reached = new Uint8Array(pixels.length)
  for (let at = 0; at < along.length; at++) {
    if (along[at] === 0) continue
    for (let step = -REACH; step <= REACH; step++) {
      const beside = at + step * width
      if (beside >= 0 && beside < reached.length) reached[beside] = 1
    }
  }
  return reached
}

function greyDistance(one: PagePicture, other: PagePicture): number {
  const [ours, theirs] = [boxes(one), boxes(other)]
  const sum = ours.reduce((total, grey, index) => total + Math.abs(grey - (theirs[index] ?? 0)), 0)
  return sum / ours.length / 255
}

function boxes({ width, height, pixels }: PagePicture): number[] {
  const columns = Math.floor(width / BOX)
  const sums = new Array<number>(columns * Math.floor(height / BOX)).fill(0)
  for (let at = 0; at < pixels.length; at++) {
    const column = Math.floor((at % width) / BOX)
    const box = Math.floor(at / width / BOX) * columns + column
    if (column < columns && box < sums.length) sums[box] = (sums[box] ?? 0) + (pixels[at] ?? 0)
  }
  return sums.map((sum) => sum / (BOX * BOX))
}
