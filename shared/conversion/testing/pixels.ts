import { PDFiumLibrary } from '@hyzyla/pdfium'
import sharp from 'sharp'

/** One byte a pixel, 0 black to 255 white. */
export interface Picture {
  width: number
  height: number
  pixels: Uint8Array
}

/** A page of the TIFF as libtiff decodes it. */
export async function decodeTiff(tiff: Uint8Array, page = 0): Promise<Picture> {
  const image = sharp(tiff, { page, limitInputPixels: false, failOn: 'none' })
  const { data, info } = await image.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, pixels: data }
}

let library: Promise<PDFiumLibrary> | undefined

/** The PDF's pages as PDFium draws them, each at the given size in pixels. */
export async function renderPdf(pdf: Uint8Array, sizes: readonly Size[]): Promise<Picture[]> {
  return (await render(pdf, sizes, 'Gray')).map((pixels, index) => ({
    width: sizes[index]?.widthPixels ?? 0,
    height: sizes[index]?.heightPixels ?? 0,
    pixels,
  }))
}

/** The first page in colour: red, green and blue of each pixel, from left to right, top to bottom. */
export async function renderInColor(pdf: Uint8Array, size: Size): Promise<[number, number, number][]> {
  const [pixels = new Uint8Array()] = await render(pdf, [size], 'BGRA')
  return Array.from({ length: size.widthPixels * size.heightPixels }, (_, index) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(index * 4)
    return [red, green, blue]
  })
}

interface Size {
  widthPixels: number
  heightPixels: number
}

async function render(pdf: Uint8Array, sizes: readonly Size[], colorSpace: 'Gray' | 'BGRA') {
  library ??= PDFiumLibrary.init()
  const document = await (await library).loadDocument(pdf)
  try {
    const pages: Uint8Array[] = []
    for (const [index, { widthPixels, heightPixels }] of sizes.entries()) {
      const size = { width: widthPixels, height: heightPixels, scale: 1 }
      const { data } = await document.getPage(index).render({ ...size, render: 'bitmap', colorSpace })
      pages.push(data.slice())
    }
    return pages
  } finally {
    document.destroy()
  }
}

/** How many pixels differ by more than a rounding of grey; a different size counts as all of them. */
export function countDifferences(one: Picture, other: Picture): number {
  if (one.width !== other.width || one.height !== other.height) return one.width * one.height
  let differences = 0
  for (const [index, pixel] of one.pixels.entries()) {
    if (Math.abs(pixel - (other.pixels[index] ?? 0)) > 2) differences++
  }
  return differences
}
