import { readFile, writeFile } from 'node:fs/promises'
import { PDFDocument } from 'pdf-lib'
import sharp from 'sharp'
import UTIF from 'utif'

// TIFF to PDF with npm's best known packages, as one would write it on a first day: each page becomes a PNG in the PDF.
const [, , input, output] = process.argv
const tiff = await readFile(input)
const pdf = await PDFDocument.create()
for (const page of UTIF.decode(tiff)) {
  UTIF.decodeImage(tiff, page)
  const { width, height } = page
  const png = await sharp(UTIF.toRGBA8(page), { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
  const [xDpi, yDpi] = [page.t282?.[0] ?? 204, page.t283?.[0] ?? 196]
  const size = { width: (width / xDpi) * 72, height: (height / yDpi) * 72 }
  pdf.addPage([size.width, size.height]).drawImage(await pdf.embedPng(png), { x: 0, y: 0, ...size })
}
await writeFile(output, await pdf.save())
