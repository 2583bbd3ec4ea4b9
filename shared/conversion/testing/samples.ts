import { readFileSync } from 'node:fs'

const FOLDER = new URL('../../../test/samples/', import.meta.url)

/** Faxes that a real Asterisk received. */
export const SAMPLES = [
  { name: 'text-std-ecm', heightPixels: 1146, yDpi: 98, damagedRows: 0 },
  { name: 'text-fine-noecm', heightPixels: 2292, yDpi: 196, damagedRows: 0 },
  { name: 'text-superfine-ecm', heightPixels: 4573, yDpi: 391, damagedRows: 0 },
  { name: 'long-fine-ecm', heightPixels: 6533, yDpi: 196, damagedRows: 0 },
  { name: 'noise-p0.008-c16-ecmno-text-fine', heightPixels: 2292, yDpi: 196, damagedRows: 1 },
  { name: 'tsi-inject', heightPixels: 1162, yDpi: 98, damagedRows: 0 },
] as const

export function readSample(name: (typeof SAMPLES)[number]['name']): Uint8Array {
  return readFileSync(new URL(`${name}.tif`, FOLDER))
}
