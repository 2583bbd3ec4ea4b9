import { readFileSync, writeFileSync } from 'node:fs'
import { rasterisePdf } from '../../functions/submit/rasterise/rasterise-pdf.ts'

// What `submit` does with a document, as a process of its own.
const [input = '', output = ''] = process.argv.slice(2)
const { tiff } = await rasterisePdf(readFileSync(input), {
  resolution: 'fine',
  widthPixels: 1728,
  header: undefined,
})
writeFileSync(output, tiff)
