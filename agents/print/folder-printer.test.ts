import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { folderPrinter } from './folder-printer.ts'
import type { JobToPrint } from './printer.ts'

const job: JobToPrint = {
  faxId: '20261123T080000Z-0123456789ab',
  format: 'pdf',
  printer: 'office',
  title: 'a fax',
  fileName: '012-003.pdf',
}

let home: string
let paper: string
let fax: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-folder-'))
  fax = join(home, 'fax.pdf')
  await writeFile(fax, 'one fax')
})
afterAll(() => rm(home, { recursive: true }))
beforeEach(async () => {
  paper = await mkdtemp(join(home, 'paper-'))
})

describe('folderPrinter', () => {
  it.each([
    ['office', 'office'],
    [undefined, 'default'],
  ])('puts the file into the folder of printer %s', async (printer, folder) => {
    const { printer: _, ...rest } = job
    const outcome = await folderPrinter(paper).submit(
      fax,
      printer === undefined ? rest : { ...rest, printer },
    )
    const path = join(paper, folder, '012-003.pdf')
    expect(outcome).toEqual({ outcome: 'delivered', receipt: path, text: 'copied into the folder' })
    expect(await readFile(path, 'utf8')).toBe('one fax')
  })

  it('leaves nothing but the file', async () => {
    await folderPrinter(paper).submit(fax, job)
    expect(await readdir(join(paper, 'office'))).toEqual(['012-003.pdf'])
  })

  it('finds its own file again when a job comes twice', async () => {
    const first = await folderPrinter(paper).submit(fax, job)
    const second = await folderPrinter(paper).submit(fax, job)
    expect(second).toEqual({ ...first, text: 'was in the folder already' })
    expect(await readdir(join(paper, 'office'))).toEqual(['012-003.pdf'])
  })

  it('does not overwrite another fax of the same name, of the same or another length', async () => {
    const receipts: unknown[] = []
    for (const text of ['one fax', 'two fax', 'the third', 'two fax']) {
      await writeFile(join(home, 'next.pdf'), text)
      const outcome = await folderPrinter(paper).submit(join(home, 'next.pdf'), job)
      receipts.push('receipt' in outcome ? outcome.receipt : outcome)
    }
    const names = ['012-003.pdf', '012-003-2.pdf', '012-003-3.pdf', '012-003-2.pdf']
    expect(receipts).toEqual(names.map((name) => join(paper, 'office', name)))
    expect(await readFile(join(paper, 'office', '012-003-2.pdf'), 'utf8')).toBe('two fax')
  })

  it('steps over a folder that has the name', async () => {
    await mkdir(join(paper, 'office', '012-003.pdf'), { recursive: true })
    expect(await folderPrinter(paper).submit(fax, job)).toMatchObject({
      receipt: join(paper, 'office', '012-003-2.pdf'),
    })
  })

  it.each(['..', '.', '', '../office', 'a/b', 'a\\b', 'C:', 'nul\0', 'x'.repeat(256)])(
    'makes no folder called %j',
    async (printer) => {
      const outcome = await folderPrinter(join(paper, 'deep')).submit(fax, { ...job, printer })
      expect(outcome).toMatchObject({ outcome: 'failed' })
      expect(await readdir(paper)).toEqual([])
    },
  )

  it('says that it may work later when the folder takes no file', async () => {
    await writeFile(join(paper, 'office'), 'a file where the folder should be')
    expect(await folderPrinter(paper).submit(fax, job)).toMatchObject({ outcome: 'retry', code: 'EEXIST' })
  })
})
