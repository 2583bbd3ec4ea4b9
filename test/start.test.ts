import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ShownEvent } from '../local/show/events.ts'
import { waitFor } from './wait-for.ts'

const projectFolder = fileURLToPath(new URL('..', import.meta.url))
const FAX = join(projectFolder, 'test/samples/text-std-ecm.tif')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Started {
  child: ChildProcess
  events: ShownEvent[]
  errors: () => string
  exit: Promise<number | string>
}

/** Runs `npm start -- WORDS` as npm does, in a shell whose AWS settings lead to a real account. */
function start(...words: string[]): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', ...words], {
    cwd: projectFolder,
    env: {
      ...process.env,
      INIT_CWD: folder,
      AWS_PROFILE: 'production',
      AWS_ENDPOINT_URL: 'https://sqs.eu-west-1.amazonaws.com',
      AWS_REGION: 'eu-west-1',
    },
  })
  const events: ShownEvent[] = []
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line)))
  const exit = once(child, 'close').then(([code, signal]) => code ?? signal)
  return { child, events, errors: () => errors, exit }
}

function eventOf<Name extends ShownEvent['event']>({ events }: Started, name: Name) {
  type Wanted = Extract<ShownEvent, { event: Name }>
  return waitFor(async () => events.find((event): event is Wanted => event.event === name))
}

async function mailsOf(mailFolder: string): Promise<string[]> {
  const names = await readdir(mailFolder).catch(() => [])
  const files = names.filter((name) => name.endsWith('.eml'))
  return Promise.all(files.map((name) => readFile(join(mailFolder, name), 'utf8')))
}

describe('npm start -- --once --json', () => {
  it('receives a file, tells each step, and exits when every delivery has ended', async () => {
    const run = start(
      '--once',
      FAX,
      '--from',
      '+33478123456',
      '--to',
      '0112697845',
      '--json',
      '--home',
      'one',
    )
    expect(await run.exit).toBe(0)
    const names = run.events.map(({ event }) => event).filter((event) => event !== 'synthesizing')
    expect(names).toEqual(['ready', 'uploaded', 'converted', 'routed', 'delivered', 'delivered', 'summary'])
    expect(run.events.at(-1)).toEqual({ event: 'summary', faxes: 1, delivered: 2, failed: 0 })
  })

  it('exits with 1 when a fax can not be delivered, and delivers the others', async () => {
    await writeFile(join(folder, 'no.tif'), 'this is no TIFF')
    const run = start('--once', 'no.tif', 'missing.tif', FAX, '--to', '0112697845', '--json', '--home', 'one')
    expect(await run.exit).toBe(1)
    expect(run.events.at(-1)).toEqual({ event: 'summary', faxes: 3, delivered: 2, failed: 2 })
    expect(run.events).toContainEqual(expect.objectContaining({ event: 'not uploaded', file: 'missing.tif' }))
  })

  it.each([
    [['--once', '--to', 'x', '--json'], 2, '--to "x" is no number'],
    [['--once', '--json', '--config', 'none.conf'], 3, 'none.conf'],
  ])('says what is wrong with %j', async (words, code, text) => {
    const run = start(...words)
    expect(await run.exit).toBe(code)
    expect(run.errors()).toContain(text)
    expect(run.errors()).not.toMatch(/^\s+at /m)
  })
})

describe('a gateway that stays up', () => {
  it('takes the faxes of a second command, and stops at once on Ctrl-C', async () => {
    const first = start('--json', '--home', 'two')
    await eventOf(first, 'summary')
    const second = start('--once', FAX, '--json', '--home', 'two')
    expect(await second.exit).toBe(0)
    expect(second.events).toContainEqual(expect.objectContaining({ event: 'ready', attached: true }))
    first.child.kill('SIGINT')
    expect(await first.exit).toBe(0)
    expect(await readdir(join(folder, 'two'))).not.toContain('gateway.json')
  })

  it('goes on where it was killed', async () => {
    const killed = start('--once', FAX, '--json', '--home', 'three')
    const { fax } = await eventOf(killed, 'uploaded')
    killed.child.kill('SIGKILL')
    await killed.exit
    const next = start('--json', '--home', 'three')
    const mail = await waitFor(async () =>
      (await mailsOf(join(folder, 'three/mail'))).find((text) => text.includes(fax)),
    )
    expect(mail).toMatch(new RegExp(`^X-Faxlane-Fax-Id: ${fax}\\r$`, 'im'))
    next.child.kill('SIGINT')
    expect(await next.exit).toBe(0)
  })
})
