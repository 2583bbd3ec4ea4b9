import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './tools.ts'

/** Three bytes a pixel, from the top left. */
export interface Picture {
  width: number
  height: number
  rgb: Uint8Array
}

/** Reads what viewers write: binary PGM and PPM. */
export function readPnm(bytes: Buffer): Picture {
  const header = /^(P[56])\s+(?:#.*\s+)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 200).toString('latin1'))
  const [all = '', kind, width, height] = header ?? []
  if (kind === undefined) throw new Error(`no PGM or PPM: ${bytes.subarray(0, 20).toString('latin1')}`)
  const size = { width: Number(width), height: Number(height) }
  const samples = bytes.subarray(all.length)
  if (kind === 'P6') return { ...size, rgb: samples }
  const rgb = new Uint8Array(samples.length * 3)
  for (const [index, sample] of samples.entries()) rgb.fill(sample, index * 3, index * 3 + 3)
  return { ...size, rgb }
}

/** All pages of a TIFF as libtiff decodes them. */
export async function decodeWithLibtiff(tiff: string, folder: string): Promise<Picture[]> {
  const output = join(folder, 'decoded.tif')
  await run('tiff2rgba', ['-c', 'none', '-n', tiff, output])
  return readUncompressed(await readFile(output))
}

/** Little-endian, eight bits, three samples, no compression: as tiff2rgba writes it and nothing else. */
function readUncompressed(file: Buffer): Picture[] {
  const pictures: Picture[] = []
  for (let at = file.readUInt32LE(4); at !== 0; ) {
    const entries = file.readUInt16LE(at)
    const field = (tag: number): number[] => {
      const entry = Array.from({ length: entries }, (_, index) => at + 2 + index * 12)
      const found = entry.find((each) => file.readUInt16LE(each) === tag)
      return found === undefined ? [] : readNumbers(file, found)
    }
    const counts = field(279)
    const strips = field(273).map((offset, index) => {
      return file.subarray(offset, offset + (counts[index] ?? 0))
    })
    pictures.push({ width: field(256)[0] ?? 0, height: field(257)[0] ?? 0, rgb: Buffer.concat(strips) })
    at = file.readUInt32LE(at + 2 + entries * 12)
  }
  return pictures
}

function readNumbers(file: Buffer, entry: number): number[] {
  const isShort = file.readUInt16LE(entry + 2) === 3
  const count = file.readUInt32LE(entry + 4)
  const bytes = count * (isShort ? 2 : 4)
  const at = bytes <= 4 ? entry + 8 : file.readUInt32LE(entry + 8)
  return Array.from({ length: count }, (_, index) =>
    isShort ? file.readUInt16LE(at + index * 2) : file.readUInt32LE(at + index * 4),
  )
}

/** Pixels of which a sample differs by more than the tolerance; another size counts as all of them. */
export function countDifferences(one: Picture, other: Picture, tolerance = 0): number {
  if (one.width !== other.width || one.height !== other.height) return one.width * one.height
  let differences = 0
  for (let at = 0; at < one.rgb.length; at += 3) {
    for (let sample = at; sample < at + 3; sample++) {
      if (Math.abs((one.rgb[sample] ?? 0) - (other.rgb[sample] ?? 0)) > tolerance) {
        differences++
        break
      }
    }
  }
  return differences
}

/** Numbers of the rows that are not the same. */
export function differingRows(one: Picture, other: Picture): number[] {
  const rowOf = (picture: Picture, row: number) =>
    picture.rgb.subarray(row * picture.width * 3, (row + 1) * picture.width * 3)
  const rows = Array.from({ length: Math.max(one.height, other.height) }, (_, row) => row)
  return rows.filter((row) => Buffer.compare(rowOf(one, row), rowOf(other, row)) !== 0)
}
