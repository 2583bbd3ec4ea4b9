import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readDocument } from './document.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-document-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

async function pdf(pages: number): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  for (let page = 0; page < pages; page++) document.addPage()
  return document.save()
}

it('one file goes as it is, bytes in front of its header included', async () => {
  const bytes = Buffer.concat([Buffer.from('\n'.repeat(900)), await pdf(1)])
  expect(Buffer.from(await readDocument([await file('one.pdf', bytes)]))).toEqual(bytes)
})

it('several are one, in their order', async () => {
  const whole = await readDocument([await file('a.pdf', await pdf(2)), await file('b.pdf', await pdf(1))])
  expect((await PDFDocument.load(whole)).getPageCount()).toBe(3)
})

it.each([
  ['README.md', '# faxlane', 'README.md is no PDF'],
  ['scan.tif', 'II*\0', 'scan.tif is no PDF'],
  ['far.pdf', `${' '.repeat(1024)}%PDF-1.7`, 'far.pdf is no PDF'],
  ['empty.pdf', '', 'empty.pdf is empty'],
])('%s is not taken', async (name, text, words) => {
  await expect(readDocument([await file(name, text)])).rejects.toThrow(words)
})
