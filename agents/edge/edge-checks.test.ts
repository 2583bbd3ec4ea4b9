import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusedCheck, spoolCheck } from './edge-checks.ts'

let home: string
let spool: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-checks-'))
  spool = join(home, 'spool')
  await mkdir(spool)
  await chmod(spool, 0o2770)
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('the spool', () => {
  it('is well when it can be read and written to', async () => {
    await writeFile(join(spool, '1.tif'), 'x')
    const { ok, text } = await spoolCheck({ spool }).run()
    expect({ ok, text }).toEqual({
      ok: true,
      text: expect.stringMatching(/1 files \(user \d+, group \d+, mode 2770\)$/),
    })
  })

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['is missing', () => rm(spool, { recursive: true }), /spool: ENOENT$/],
    ['is a file', () => rm(spool, { recursive: true }).then(() => writeFile(spool, '')), /is no folder$/],
    ['is open to everybody', () => chmod(spool, 0o2777), /everybody may write there \(.*mode 2777\)$/],
  ])('that %s is said, with the way out', async (_, prepare, text) => {
    await prepare()
    const result = await spoolCheck({ spool }).run()
    expect(result).toMatchObject({ ok: false, text: expect.stringMatching(text) })
    expect(result.fix).toContain(`install -d -o asterisk -g faxlane-edge -m 2770 ${spool}`)
  })
})

describe('refused faxes', () => {
  it('are none where there is no folder of them', async () => {
    expect(await refusedCheck({ spool }).run()).toEqual({ ok: true, text: 'none' })
  })

  it('are counted, each once', async () => {
    await mkdir(join(spool, 'refused'))
    for (const name of ['1-1.tif', '1-1.facts', '1-1.reason', '2-2.tif', '2-2.reason']) {
      await writeFile(join(spool, 'refused', name), 'x')
    }
    const { ok, text } = await refusedCheck({ spool }).run()
    expect({ ok, text }).toEqual({ ok: false, text: `2 in ${join(spool, 'refused')}` })
  })
})
