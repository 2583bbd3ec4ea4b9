import sharp, { type Sharp } from 'sharp'
import type { PageLayout } from '../../functions/submit/rasterise/page-layout.ts'

/** A byte a pixel, 0 black or 255 white, from the top left. */
export interface PagePicture {
  width: number
  height: number
  pixels: Uint8Array
}

/** All pages of a TIFF as libtiff decodes them. */
export async function readPages(file: string): Promise<PagePicture[]> {
  const { pages = 1 } = await sharp(file).metadata()
  const pictures: PagePicture[] = []
  for (let page = 0; page < pages; page++) pictures.push(await rawOf(sharp(file, { page })))
  return pictures
}

export async function toPng({ width, height, pixels }: PagePicture): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer()
}

/**
 * Ghostscript's page laid where ours is: it begins at the left edge and is never turned. Its paper is as wide as the PDF's, less what it
 * cuts off to fit the fax's.
 */
export async function layLike(
  page: PagePicture,
  paperPixels: number,
  layout: PageLayout,
): Promise<PagePicture> {
  const { widthPixels, heightRows, left, top, width, rows, quarterTurns } = layout
  const cut = await fitWidth(page, paperPixels)
  const turned = quarterTurns === 1 ? await rawOf(imageOf(cut).rotate(90)) : cut
  const isSameSize = turned.width === width && turned.height === rows
  const scaled = isSameSize ? turned : await rawOf(imageOf(turned).resize(width, rows, { fit: 'fill' }))
  const pixels = new Uint8Array(widthPixels * heightRows).fill(255)
  for (let row = 0; row < Math.min(rows, heightRows - top); row++) {
    const from = scaled.pixels.subarray(row * width, (row + 1) * width)
    pixels.set(from, (row + top) * widthPixels + left)
  }
  return { width: widthPixels, height: heightRows, pixels }
}

function fitWidth(page: PagePicture, width: number): Promise<PagePicture> {
  const { height } = page
  if (page.width >= width) return rawOf(imageOf(page).extract({ left: 0, top: 0, width, height }))
  return rawOf(imageOf(page).extend({ right: width - page.width, background: '#fff' }))
}

function imageOf({ width, height, pixels }: PagePicture): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
}

async function rawOf(image: Sharp): Promise<PagePicture> {
  const { data, info } = await image
    .toColourspace('b-w')
    .extractChannel(0)
    .threshold(128)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, pixels: data }
}
