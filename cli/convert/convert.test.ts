import { once } from 'node:events'
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { readSample } from '../../shared/conversion/testing/samples.ts'
import { faxlane, startFaxlane } from '../testing.ts'

const TIFF = readSample('text-std-ecm')
const PDF = Buffer.from(convertTiffToPdf(TIFF, {}).pdf)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faxlane-convert-'))
  writeFileSync(join(folder, 'in.tif'), TIFF)
})
afterEach(() => rmSync(folder, { recursive: true }))

const inFolder = (name: string): string => join(folder, name)
const convert = (words: readonly string[], input?: Uint8Array) =>
  faxlane(['convert', ...words], folder, input)

describe('one file', () => {
  it('puts the PDF beside the TIFF and says what it found', async () => {
    const { exitCode, stdout, stderr } = await convert(['in.tif'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(readFileSync(inFolder('in.pdf')).equals(PDF)).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['in.pdf', 'in.tif'])
    expect(stdout.toString()).toMatch(/^in\.tif -> in\.pdf: 1 page, 10\.4 to \d+\.\d kB, \d+\.\d ms\n/)
    expect(stdout.toString()).toMatch(/\n {2}1 +1728x1146 +204x98 +T\.4 2-D +copied +0\n$/)
  })

  it('reports as JSON', async () => {
    const { stdout } = await convert(['in.tif', '-o', 'out.pdf', '--json'])
    expect(JSON.parse(stdout.toString())).toEqual({
      file: 'in.tif',
      output: 'out.pdf',
      pages: [
        {
          widthPixels: 1728,
          heightPixels: 1146,
          xDpi: 204,
          yDpi: 98,
          coding: 'T.4 2-D',
          treatment: 'copied',
          damagedRows: 0,
          warnings: [],
        },
      ],
      warnings: [],
      inputBytes: TIFF.length,
      outputBytes: PDF.length,
      milliseconds: expect.any(Number),
    })
  })

  it('reads the standard input and writes the standard output', async () => {
    const { exitCode, stdout, stderr } = await convert(['-', '--json'], TIFF)
    expect(exitCode).toBe(0)
    expect(stdout.equals(PDF)).toBe(true)
    expect(JSON.parse(stderr)).toMatchObject({ file: '-', output: '-', pages: [{ heightPixels: 1146 }] })
  })

  it('replaces a PDF that is there, and keeps it when there is no new one', async () => {
    writeFileSync(inFolder('in.pdf'), 'old')
    writeFileSync(inFolder('bad.tif'), TIFF.subarray(0, 6))
    expect(await convert(['bad.tif', '-o', 'in.pdf'])).toMatchObject({ exitCode: 1 })
    expect(readFileSync(inFolder('in.pdf'), 'utf8')).toBe('old')
    expect(await convert(['in.tif'])).toMatchObject({ exitCode: 0 })
    expect(readFileSync(inFolder('in.pdf')).equals(PDF)).toBe(true)
  })

  it('writes to a device as to a device', async () => {
    const { exitCode } = await convert(['in.tif', '-o', '/dev/null'])
    expect(exitCode).toBe(0)
    expect(readFileSync('/dev/null')).toHaveLength(0)
  })

  it('writes through a link', async () => {
    symlinkSync('elsewhere.pdf', inFolder('link.pdf'))
    writeFileSync(inFolder('elsewhere.pdf'), 'old')
    expect(await convert(['in.tif', '-o', 'link.pdf'])).toMatchObject({ exitCode: 0 })
    expect(readFileSync(inFolder('elsewhere.pdf')).equals(PDF)).toBe(true)
  })

  it.each([
    ['its own name', (): void => undefined, 'in.tif'],
    ['a link to it', (): void => symlinkSync('in.tif', inFolder('same.pdf')), 'same.pdf'],
    ['its other name', (): void => linkSync(inFolder('in.tif'), inFolder('same.pdf')), 'same.pdf'],
  ])('does not overwrite its input by way of %s', async (_, prepare, output) => {
    prepare()
    const { exitCode, stderr } = await convert(['in.tif', '-o', output])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`the PDF ${output} would overwrite in.tif`)
    expect(readFileSync(inFolder('in.tif')).equals(TIFF)).toBe(true)
  })

  it.each([
    [['none.tif'], "can't read none.tif: no such file or folder"],
    [['.', '-o', 'x.pdf'], "can't read .: is a folder"],
    [['in.tif/x.tif'], "can't read in.tif/x.tif: lies below something that is no folder"],
    [['in.tif', '-o', 'none/x.pdf'], "can't write none/x.pdf: no such file or folder"],
    [['in.tif', '-o', '.'], "can't write .: is a folder"],
    [['in.tif', '-o', '/dev/full'], "can't write /dev/full: no space left on the disk"],
  ])('%j', async (words, text) => {
    const { exitCode, stdout, stderr } = await convert(words)
    expect({ exitCode, stdout: stdout.toString(), stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `${text}\n`,
    })
    expect(readdirSync(folder)).toEqual(['in.tif'])
  })

  it('is refused with the place in the file', async () => {
    writeFileSync(inFolder('bad.tif'), 'no TIFF at all')
    const told = await convert(['bad.tif'])
    expect(told).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^bad\.tif: refused: .*byte 0/) })
    const { exitCode, stdout } = await convert(['bad.tif', '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout.toString())).toEqual({
      file: 'bad.tif',
      refused: { reason: expect.any(String), byteOffset: 0 },
      milliseconds: expect.any(Number),
    })
  })
})

describe('many files', () => {
  it('goes on past the bad ones', async () => {
    mkdirSync(inFolder('more'))
    copyFileSync(inFolder('in.tif'), inFolder('more/last.tif'))
    writeFileSync(inFolder('bad.tif'), '')
    const words = ['--out-dir', 'made/here', 'in.tif', 'bad.tif', 'none.tif', 'more/last.tif']
    const { exitCode, stdout, stderr } = await convert([...words, '--json'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    const reports = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(reports).toMatchObject([
      { file: 'in.tif', output: 'made/here/in.pdf' },
      { file: 'bad.tif', refused: {} },
      { file: 'none.tif', failed: { code: 'ENOENT' } },
      { file: 'more/last.tif', output: 'made/here/last.pdf' },
    ])
    expect(readdirSync(inFolder('made/here')).sort()).toEqual(['in.pdf', 'last.pdf'])
  })

  it('goes on when nobody reads the report', async () => {
    const words = ['convert', '--out-dir', 'out', 'in.tif', 'other.tif', 'third.tif']
    for (const name of ['other.tif', 'third.tif']) copyFileSync(inFolder('in.tif'), inFolder(name))
    const child = startFaxlane(words, folder)
    child.stdout.destroy()
    const [exitCode] = await once(child, 'close')
    expect(exitCode).toBe(0)
    expect(readdirSync(inFolder('out')).sort()).toEqual(['in.pdf', 'other.pdf', 'third.pdf'])
  })

  it('sums up for a person', async () => {
    const { exitCode, stdout } = await convert(['--out-dir', '.', 'in.tif', 'none.tif'])
    expect(exitCode).toBe(1)
    expect(stdout.toString()).toMatch(/\n1 of 2 files converted\n$/)
  })

  it('says so for each when the folder can not be', async () => {
    const { exitCode, stderr } = await convert(['--out-dir', 'in.tif', 'in.tif'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^can't make the folder in\.tif: /)
  })

  it('does not write over one of them', async () => {
    copyFileSync(inFolder('in.tif'), inFolder('x.tif'))
    copyFileSync(inFolder('in.tif'), inFolder('in.pdf'))
    const { exitCode, stderr } = await convert(['--out-dir', '.', 'x.tif', 'in.tif', 'in.pdf'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('would overwrite in.pdf')
  })
})
