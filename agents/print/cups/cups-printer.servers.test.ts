import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { httpIpp } from '../ipp/ask-ipp.ts'
import { type JobToPrint, type Progress, type SpooledJob, UNSUPPORTED_FORMAT } from '../printer.ts'
import { runCommand } from '../run-command.ts'
import { freePort, type Paper, startCups, startPaper, type TestCups, until } from '../testing/cups.ts'
import { cupsPrinter } from './cups-printer.ts'
import { cupsQuestions } from './cups-questions.ts'
import { parseCupsServer } from './cups-server.ts'
import { cupsCommand } from './lp.ts'

const SAMPLE = new URL('../../../test/samples/text-std-ecm.tif', import.meta.url)

let home: string
let sample: string
let cups: TestCups
let paper: Paper
let downPort: number

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-cups-'))
  sample = join(home, 'fax.tif')
  await writeFile(sample, await readFile(SAMPLE))
  paper = await startPaper()
  downPort = await freePort()
  // A type that nothing can be made of.
  await mkdir(join(home, 'root'))
  await writeFile(
    join(home, 'root', 'strange.types'),
    'application/x-strange priority(200) string(0,STRANGE)\n',
  )
  cups = await startCups(home)
  await cups.admin('lpadmin', '-p', 'office', '-E', '-v', paper.uri, '-m', 'raw')
  await cups.admin('lpadmin', '-p', 'down-stairs', '-E', '-v', `socket://127.0.0.1:${downPort}`, '-m', 'raw')
})
afterAll(async () => {
  await cups?.stop()
  await paper?.close()
  await rm(home, { recursive: true, force: true })
})

const job: JobToPrint = {
  faxId: '20261123T080000Z-0123456789ab',
  format: 'tiff',
  printer: 'office',
  title: 'a fax',
  fileName: '012-003.tif',
}

function printerAt(server: string, timeoutMilliseconds = 20_000, instance = 'a1b2c3d4') {
  const address = parseCupsServer(server)
  if (address === undefined) throw new Error(server)
  const questions = cupsQuestions({ ask: httpIpp(address), user: 'root' })
  return cupsPrinter({ questions, cups: cupsCommand(runCommand, { server, timeoutMilliseconds }), instance })
}
const printer = (instance?: string) => printerAt(cups.address, 20_000, instance)

async function submit(changed: Partial<JobToPrint> = {}, file = sample): Promise<SpooledJob> {
  const answer = await printer().submit(file, { ...job, ...changed })
  if ('outcome' in answer) throw new Error(JSON.stringify(answer))
  return answer
}

/** Looks until it is in the state. */
async function reaches(spooled: SpooledJob, state: Progress['state']): Promise<Progress> {
  let progress = await printer().look(spooled)
  await until(async () => {
    progress = await printer().look(spooled)
    return progress.state === state
  })
  return progress
}

describe('a job', () => {
  it('is held until it is released, and then brings the same bytes to the printer', async () => {
    const before = paper.sheets.length
    const spooled = await submit({ options: ['media=A4', 'fit-to-page'] })
    expect(spooled.receipt).toMatch(/^office-\d+$/)
    await pause(300)
    expect(await printer().look(spooled)).toMatchObject({ state: 'held' })
    expect(paper.sheets.length).toBe(before)
    await printer().release(spooled)
    expect(await reaches(spooled, 'ended')).toMatchObject({
      outcome: { outcome: 'delivered', receipt: spooled.receipt },
    })
    expect(paper.sheets).toHaveLength(before + 1)
    expect(paper.sheets.at(-1)?.equals(await readFile(sample))).toBe(true)
  })

  it('of a printer with a hyphen in its name keeps its number', async () => {
    const spooled = await submit({ printer: 'down-stairs' })
    expect(spooled.receipt).toBe(`down-stairs-${spooled.id}`)
    await printer().cancel(spooled)
    expect(await printer().look(spooled)).toMatchObject({ state: 'canceled' })
  })

  it('is known by its token: the same number in a CUPS that was set up anew is another job', async () => {
    const spooled = await submit()
    expect(await printer().look({ ...spooled, token: 'a1b2c3d4.other' })).toEqual({ state: 'unknown' })
    expect(await printer().look({ ...spooled, id: 99_999 })).toEqual({ state: 'unknown' })
    await printer().cancel(spooled)
  })

  it('is found among those that have not ended, by its own agent alone', async () => {
    const spooled = await submit()
    await cups.admin('lp', '-d', 'office', '-H', 'hold', '--', sample)
    expect(await printer().unfinished()).toEqual([spooled])
    expect(await printer('ffffffff').unfinished()).toEqual([])
    await cups.admin('cancel', '-a')
  })

  it('that somebody holds says so, and how it goes on', async () => {
    await cups.admin('cupsdisable', 'office')
    const spooled = await submit()
    await printer().release(spooled)
    await cups.admin('lp', '-i', String(spooled.id), '-H', 'hold')
    expect(await printer().look(spooled)).toMatchObject({
      state: 'held',
      text: expect.stringContaining(`lp -i ${spooled.receipt} -H resume`),
    })
    await cups.admin('cupsenable', 'office')
    await cups.admin('lp', '-i', String(spooled.id), '-H', 'resume')
    await reaches(spooled, 'ended')
  })

  it.each([
    '-o raw; touch /tmp/owned',
    '$(touch /tmp/owned)',
    'Télécopie 📠',
    'line\nbreak\u0000nul',
    '',
    'é'.repeat(2000),
  ])('shows the title %j whole, or as much of it as CUPS holds', async (title) => {
    const spooled = await submit({ title })
    const control = await controlFile(String(spooled.id))
    const expected = title.replaceAll(/[\n\0]/g, ' ').slice(0, 127)
    expect(control.includes(expected)).toBe(true)
    expect(control.includes('é'.repeat(128))).toBe(false)
    await printer().cancel(spooled)
  })
})

describe('a printer that does not print', () => {
  it('is stopped, with the words of whoever stopped it, until it is resumed', async () => {
    await cups.admin('cupsdisable', '-r', 'out of toner', 'office')
    const spooled = await submit()
    await printer().release(spooled)
    const stuck = await reaches(spooled, 'stuck')
    expect(stuck).toMatchObject({
      code: 'printer-stopped paused',
      text: 'the printer is stopped in CUPS: paused, out of toner',
    })
    await cups.admin('cupsenable', 'office')
    expect(await reaches(spooled, 'ended')).toMatchObject({ outcome: { outcome: 'delivered' } })
  })

  it('does not answer: the job is stuck, and goes on when it does', async () => {
    const spooled = await submit({ printer: 'down-stairs' })
    await printer().release(spooled)
    const stuck = await reaches(spooled, 'stuck')
    expect(stuck).toMatchObject({ code: 'printer-unavailable', text: expect.stringContaining('unavailable') })
    const upAgain = await startPaper(downPort)
    await reaches(spooled, 'ended')
    expect(upAgain.sheets).toHaveLength(1)
    await upAgain.close()
  })

  it('does not exist, whatever its name', async () => {
    for (const name of ['nosuch', '', '-h evil', '--', '../office', 'a@127.0.0.1:1']) {
      const answer = await printer().submit(sample, { ...job, printer: name })
      expect(answer, name).toMatchObject({
        outcome: 'failed',
        text: expect.stringContaining('does not exist'),
      })
    }
  })

  it('is the default one, and there is none until somebody sets it', async () => {
    const { printer: _, ...rest } = job
    const none = await printer().submit(sample, rest)
    expect(none).toMatchObject({ outcome: 'failed', text: expect.stringContaining('No default destination') })
    await cups.admin('lpadmin', '-d', 'office')
    const answer = await printer().submit(sample, rest)
    expect(answer).toMatchObject({ receipt: expect.stringMatching(/^office-/) })
    await cups.admin('cancel', '-a')
  })

  it('does not accept jobs', async () => {
    await cups.admin('cupsreject', 'office')
    const answer = await printer().submit(sample, job)
    await cups.admin('cupsaccept', 'office')
    expect(answer).toMatchObject({ outcome: 'retry', text: expect.stringContaining('not accepting jobs') })
  })

  it('is gone with its jobs', async () => {
    await cups.admin('lpadmin', '-p', 'removed', '-E', '-v', paper.uri, '-m', 'raw')
    const spooled = await submit({ printer: 'removed' })
    await cups.admin('lpadmin', '-x', 'removed')
    expect(['unknown', 'canceled', 'ended']).toContain((await printer().look(spooled)).state)
  })
})

describe('a file that CUPS refuses', () => {
  it('has no page', async () => {
    const empty = join(home, 'empty.tif')
    await writeFile(empty, '')
    expect(await printer().submit(empty, job)).toMatchObject({ outcome: 'failed' })
  })

  it('has a type that it does not know', async () => {
    await cups.admin(
      'lpadmin',
      '-p',
      'with-driver',
      '-E',
      '-v',
      paper.uri,
      '-m',
      'drv:///sample.drv/generic.ppd',
    )
    const strange = join(home, 'strange.tif')
    await writeFile(strange, 'STRANGE to all filters')
    const answer = await printer().submit(strange, { ...job, printer: 'with-driver' })
    expect(answer).toMatchObject({ outcome: 'failed', code: UNSUPPORTED_FORMAT })
  })
})

describe('a scheduler that does not answer', () => {
  it('does not run, though lp calls the printer unknown', async () => {
    const nowhere = printerAt('127.0.0.1:1')
    expect(await nowhere.submit(sample, job)).toMatchObject({ outcome: 'retry', code: 'no-scheduler' })
    await expect(nowhere.look({ id: 1, receipt: 'office-1', token: 'x' })).rejects.toThrow(/ECONNREFUSED/)
    await expect(nowhere.release({ id: 1, receipt: 'office-1', token: 'x' })).rejects.toThrow(/lp -i 1/)
  })

  it('takes the connection and says nothing', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const answer = await printerAt(`127.0.0.1:${port}`, 1000).submit(sample, job)
    silent.close()
    expect(answer).toMatchObject({ outcome: 'retry', code: 'lp-timeout' })
  })
})

/** What CUPS keeps of a job, c00001 and on: its attributes as IPP has them. */
async function controlFile(id: string): Promise<Buffer> {
  const path = join(home, 'request', `c${id.padStart(5, '0')}`)
  let control = Buffer.alloc(0)
  await until(async () => {
    control = await readFile(path).catch(() => Buffer.alloc(0))
    return control.length > 0
  })
  return control
}
