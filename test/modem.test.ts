import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PDFDocument } from 'pdf-lib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { faxlane } from '../cli/testing.ts'
import { textPdf } from '../functions/submit/rasterise/testing/pdfs.ts'
import { type Gateway, startGateway } from '../local/gateway.ts'
import { ensureSynthesized } from '../local/synth/ensure-synthesized.ts'

const projectFolder = fileURLToPath(new URL('..', import.meta.url))

let home: string
let gateway: Gateway

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-modem-'))
  const config = join(projectFolder, 'config/fax.conf')
  const { assemblyFolder } = await ensureSynthesized({ projectFolder, config, onProgress: () => {} })
  gateway = await startGateway({ homeFolder: join(home, '.faxlane'), assemblyFolder, modems: true })
  await writeFile(join(home, 'letter.pdf'), await textPdf(2))
}, 120_000)

afterAll(async () => {
  await gateway?.close()
  await rm(home, { recursive: true, force: true })
})

async function send(to: string): Promise<{ exitCode: number | null; lines: string }> {
  const { exitCode, stdout } = await faxlane(['send', '--to', to, '--wait', 'letter.pdf'], home)
  return { exitCode, lines: stdout.toString() }
}

it('a fax is sent by the sample table on one machine, and what the other side has can be looked at', async () => {
  const { exitCode, lines } = await send('0112697845')
  expect(lines).toContain('0112697845  sent: 2 pages')
  expect(exitCode).toBe(0)
  const [pdf, tiff] = (await readdir(gateway.folders.sent)).sort()
  expect([pdf, tiff]).toEqual([
    expect.stringMatching(/^0112697845-.*-1\.pdf$/),
    expect.stringMatching(/^0112697845-.*-1\.tif$/),
  ])
  const { length } = (
    await PDFDocument.load(await readFile(join(gateway.folders.sent, pdf ?? '')))
  ).getPages()
  expect(length).toBe(2)
}, 60_000)

it('a busy number is dialled again as the table says, and one that does not exist is not', async () => {
  const { exitCode, lines } = await send('0112697891,0112697892')
  expect(exitCode).toBe(1)
  expect(lines).toContain('0112697891  failed: The number was busy.')
  expect(lines).toContain('0112697892  failed: There is no such number.')
  expect(lines).toContain('0112697891  waiting: The number was busy. Attempt 2')
  expect(lines).not.toContain('0112697892  dialling: attempt 2')
}, 60_000)
