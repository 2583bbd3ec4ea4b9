import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import { convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { faxImage } from '../../shared/conversion/converted-page.ts'
import { copyPadded } from '../../shared/conversion/fax-coding/bit-order.ts'
import { layOut } from '../../shared/conversion/page-geometry.ts'
import { writePdf } from '../../shared/conversion/pdf/document.ts'
import { describeFax } from '../../shared/conversion/pdf/properties.ts'
import { medianOf, type Task, warm } from '../measure.ts'
import { stripsOf } from './faxes.ts'

export function conversion(tiff: Uint8Array): Task {
  return warm(() => convertTiffToPdf(tiff, {}))
}

/** What is left of a conversion when no row is looked at: turning the bits round and writing the PDF. */
export function unchecked(tiff: Uint8Array): Task {
  const strips = stripsOf(tiff).map(({ at, length }) => tiff.subarray(at, at + length))
  const [widthPixels, heightPixels] = [1728, 2292]
  const layout = layOut({ widthPixels, heightPixels, xDpi: 204, yDpi: 196, orientation: 1 })
  const properties = describeFax({}, strips.length)
  return warm(() => {
    const pages = strips.map((strip) => {
      const bytes = copyPadded(strip, true).subarray(0, strip.length)
      return { ...layout, image: faxImage('T.4 2-D', widthPixels, heightPixels, false, bytes) }
    })
    writePdf(pages, properties)
  })
}

export function copy(bytes: Uint8Array): Task {
  return warm(() => new Uint8Array(bytes))
}

export interface Bundled {
  /** `faxlane` as one file. */
  command: string
  /** The conversion alone, minified. */
  conversionBytes: number
  /** Of it, what pages in no fax coding want: grey, colour, JPEG, LZW, tiles. */
  rasterBytes: number
  importMilliseconds: number
}

const RASTER = /conversion\/(?:raster-page|jpeg-page|bands|tiff\/(?:unpack|samples|lzw|pack-bits|jpeg))\.ts$/

export function bundle(folder: string): Bundled {
  const command = join(folder, 'faxlane.mjs')
  build('bench/conversion/command.ts', command)
  const conversion = join(folder, 'conversion.mjs')
  const output = build('shared/conversion/convert.ts', conversion)
  const raster = Object.entries(output?.inputs ?? {}).filter(([path]) => RASTER.test(path))
  return {
    command,
    conversionBytes: output?.bytes ?? Number.NaN,
    rasterBytes: raster.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0),
    importMilliseconds: medianOf(9, () => importMilliseconds(conversion)),
  }
}

function build(entry: string, outfile: string) {
  const { metafile } = buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    metafile: true,
  })
  return Object.values(metafile.outputs)[0]
}

function importMilliseconds(file: string): number {
  const script = `const t=performance.now();await import(${JSON.stringify(pathToFileURL(file).href)});console.log(performance.now()-t)`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  return Number(stdout)
}
