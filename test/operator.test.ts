import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stateOf } from '../cli/faxes/fax-state.ts'
import { faxlane } from '../cli/testing.ts'
import { type Gateway, startGateway } from '../local/gateway.ts'
import { ensureSynthesized } from '../local/synth/ensure-synthesized.ts'
import { TRANSMISSION_STATES } from '../shared/ledger/transmission-record.ts'
import { expectOnPage } from './operator/page.ts'
import { makeSending, script } from './operator/sending.ts'
import { leaveDeadLetter, makeWorld } from './operator/world.ts'
import { type ScriptedEdgeAgent, startScriptedEdgeAgent } from './scripted-edge-agent.ts'
import { waitFor } from './wait-for.ts'

// Every state that an operator can meet, made to happen, and what the commands say of it: docs/operations.md shows the same.

const projectFolder = fileURLToPath(new URL('..', import.meta.url))
const sampleFax = (name: string) => readFile(join(projectFolder, 'test/samples', name))

let folder: string
let gateway: Gateway
let world: ReturnType<typeof makeWorld>
let sending: ReturnType<typeof makeSending>
let agent: ScriptedEdgeAgent
/** The faxes of the story, by what becomes of them. */
const ids = new Map<string, string>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-operator-'))
  const homeFolder = join(folder, '.faxlane')
  await leaveDeadLetter(homeFolder)
  const config = join(projectFolder, 'test/routing-tables/operator.conf')
  const { assemblyFolder } = await ensureSynthesized({ projectFolder, config, onProgress: () => {} })
  // Waits between attempts are longer than a deployment's, so that what waits is met waiting.
  gateway = await startGateway({ homeFolder, assemblyFolder, delayDivisor: 0.02 })
  const secrets = new SecretsManagerClient(gateway)
  await secrets.send(new PutSecretValueCommand({ SecretId: 'faxlane/ftp_down', SecretString: 'a password' }))
  secrets.destroy()
  world = makeWorld(gateway)
  sending = makeSending(gateway)
  agent = await startScriptedEdgeAgent(gateway, { queueName: 'faxlane-transmit-main', script })
  await Promise.all([receiveAll(), sendAll()])
  // On a machine that is busy, a function may be stopped at its time limit: its message comes again after some minutes.
}, 400_000)

afterAll(async () => {
  await agent.stop()
  sending.close()
  world.close()
  await gateway.close()
  await rm(folder, { recursive: true, force: true })
})

const KEPT = {
  source: '0478123456',
  stationId: '0478123456',
  status: 'SUCCESS',
  mode: 'audio',
  rate: '14400',
}

async function receiveAll(): Promise<void> {
  const text = await sampleFax('text-std-ecm.tif')
  const noise = await sampleFax('noise-p0.008-c16-ecmno-text-fine.tif')
  const story = [
    ['delivered', text, { destination: '100' }],
    ['damaged', noise, { destination: '100', stationId: '\u001b[2J\u202e' }],
    ['failed', text, { destination: '200' }],
    ['replaced', text, { destination: '300' }],
    ['waiting', text, { destination: '400' }],
    ['bounced', text, { destination: '500' }],
    ['unrouted', text, { destination: '999' }],
    ['refused', Buffer.from('%PDF-1.4 this is no TIFF'), { destination: '100' }],
    ['missed', Buffer.alloc(0), { destination: '100', status: 'FAILED', error: 'HANGUP' }],
  ] as const
  for (const [name, bytes, facts] of story) ids.set(name, await world.upload(bytes, { ...KEPT, ...facts }))
  for (const name of ids.keys())
    await reached(name, name === 'bounced' ? 'delivered' : (END_STATES[name] ?? name))
  await world.bounce(idOf('bounced'), 'mail')
  await reached('bounced', 'bounced')
}

/** What is to be sent, by what becomes of it. */
const transmissions = new Map<string, string>()

async function sendAll(): Promise<void> {
  const tomorrow = new Date(Date.now() + 86_400_000)
  const story = [
    ['sent', '0112697841'],
    ['failed', '0112697842'],
    ['dialling', '0112697843'],
    ['sending', '0112697844'],
    ['unknown', '0112697845'],
    ['refused', '0899123456'],
    ['waiting', '0112697846', tomorrow],
  ] as const
  // One after the other: a list has them in the order in which they were taken.
  for (const [state, destination, at] of story) {
    transmissions.set(state, await sending.send(destination, at))
    await sending.reached(transmissionIdOf(state), state)
  }
  const like = await sending.reached(transmissionIdOf('sent'), 'sent')
  transmissions.set('silent', await sending.leave('dialling', like))
  transmissions.set('accepted', await sending.leave('accepted', like))
}

const transmissionIdOf = (name: string) => transmissions.get(name) ?? expect.unreachable(`none is ${name}`)

const END_STATES: Record<string, string> = { damaged: 'delivered', replaced: 'delivered' }

const idOf = (name: string) => ids.get(name) ?? expect.unreachable(`no fax is ${name}`)

function reached(name: string, state: string): Promise<true> {
  return waitFor(async () => {
    const entry = await world.queries.fax(idOf(name))
    return entry !== undefined && stateOf(entry) === state ? true : undefined
  })
}

async function run(...words: string[]) {
  const { exitCode, stdout, stderr } = await faxlane(words, folder, undefined, {
    COLUMNS: '80',
    TZ: 'UTC',
    FAXLANE_HOME: '.faxlane',
  })
  return { exitCode, stdout: stdout.toString(), stderr }
}

const isKnown = (word: string) => [...ids.values(), ...transmissions.values()].includes(word)

/** Runs it, and looks for its output on the page. */
async function shown(block: string, ...words: string[]) {
  const result = await run(...words)
  expectOnPage(
    block,
    `faxlane ${words.map((word) => (isKnown(word) ? '20261125T093012Z-9pncjvmdn1vq' : word)).join(' ')}`,
    (result.stdout + result.stderr).replaceAll(`${folder}/`, ''),
  )
  for (const line of result.stdout.split('\n')) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  return result
}

describe('faxlane list', () => {
  it('shows every fax with its state, within 80 columns', async () => {
    const { exitCode, stdout } = await shown('list', 'list')
    expect(exitCode).toBe(0)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it.each([
    [['--state', 'failed'], ['failed']],
    [['--state', 'damaged'], ['damaged']],
    [['--state', 'waiting'], ['waiting']],
    [['--state', 'bounced'], ['bounced']],
    [['--state', 'unrouted', '--day', 'today'], ['unrouted']],
    [['--state', 'refused'], ['refused']],
    [['--state', 'missed', '--number', '0478123456'], ['missed']],
    [['--number', '200'], ['failed']],
    [['--number', '200', '--day', 'yesterday'], []],
  ])('%j', async (words, names) => {
    const { stdout } = await run('list', ...words, '--json')
    const found = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).fax.id)
    expect(new Set(found)).toEqual(new Set(names.map(idOf)))
  })

  it('goes on where it ended', async () => {
    const { stdout } = await run('list', '--limit', '4')
    const [, last] = /Go on with --after (\S+)/.exec(stdout) ?? []
    const rest = await run('list', '--after', last ?? '', '--json')
    expect(rest.stdout.trim().split('\n')).toHaveLength(ids.size - 4)
  })
})

describe('faxlane show', () => {
  it.each([
    'delivered',
    'damaged',
    'failed',
    'replaced',
    'waiting',
    'bounced',
    'unrouted',
    'refused',
    'missed',
  ])('a fax that is %s', async (name) => {
    expect((await shown(`show ${name}`, 'show', idOf(name))).exitCode).toBe(0)
  })

  it('none', async () => {
    expect((await shown('show none', 'show', '20261125T093012Z-9pncjvmdn1vq')).exitCode).toBe(1)
  })
})

describe('faxlane sent', () => {
  it('shows every fax that was to be sent with its state', async () => {
    const { exitCode, stdout } = await shown('sent', 'sent')
    expect(exitCode).toBe(0)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    for (const state of TRANSMISSION_STATES.filter((one) => one !== 'canceled'))
      expect(stdout).toMatch(new RegExp(` ${state} `))
  })

  it.each(['sent', 'failed', 'sending', 'unknown', 'refused', 'waiting', 'silent', 'accepted'])(
    'and show tells all of one that is %s',
    async (name) => {
      expect((await shown(`show to be sent ${name}`, 'show', transmissionIdOf(name))).exitCode).toBe(0)
    },
  )

  it('lists what is stuck', async () => {
    const { stdout } = await shown('sent stuck', 'sent', '--state', 'stuck')
    const found = stdout.match(/\S+Z-\S+/g)
    expect(new Set(found)).toEqual(new Set(['accepted', 'silent'].map(transmissionIdOf)))
  })
})

describe('faxlane get', () => {
  it('fetches the PDF, the TIFF, and says why there is no PDF', async () => {
    const { stdout } = await run('get', idOf('delivered'), '--json')
    const { output, bytes } = JSON.parse(stdout)
    const pdf = await readFile(join(folder, output))
    expect([pdf.length, pdf.subarray(0, 5).toString()]).toEqual([bytes, '%PDF-'])
    const tiff = await faxlane(['get', idOf('delivered'), '--tiff', '-o', '-', '--home', '.faxlane'], folder)
    expect(tiff.stdout.equals(await sampleFax('text-std-ecm.tif'))).toBe(true)
    expect((await shown('get refused', 'get', idOf('refused'))).exitCode).toBe(1)
  })
})

describe('faxlane retry', () => {
  it('asks for what failed, and says what would be asked for', async () => {
    expect((await shown('retry dry', 'retry', '--failed', '--dry-run')).exitCode).toBe(0)
  })

  it('says that nothing of a fax has failed, or that it has no PDF', async () => {
    expect((await shown('retry delivered', 'retry', idOf('delivered'))).exitCode).toBe(1)
    expect((await run('retry', idOf('refused'))).stderr).toContain('There is nothing of it to deliver')
  })

  it('fails as long as the cause is not mended, and delivers after it', async () => {
    const again = await run('retry', idOf('failed'), '--wait')
    expect([again.exitCode, again.stdout]).toEqual([1, expect.stringContaining(': failed')])
    // The mailbox is there again: what is sent now does not come back.
    const mended = await shown('retry mended', 'retry', idOf('bounced'), '--backend', 'mail', '--wait')
    expect([mended.exitCode, mended.stdout]).toEqual([0, expect.stringContaining(' to mail: delivered')])
  }, 60_000)

  it('delivers what was delivered once more, marked, and to no backend that there is not', async () => {
    const again = await shown(
      'retry again',
      'retry',
      idOf('delivered'),
      '--backend',
      'mail',
      '--again',
      '--wait',
    )
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining(' to mail: delivered')])
    expect((await run('show', idOf('delivered'))).stdout).toContain('attempt 2: delivered')
    const typo = await run('retry', idOf('delivered'), '--backend', 'mial', '--wait')
    expect([typo.exitCode, typo.stdout, typo.stderr]).toEqual([
      2,
      '',
      expect.stringContaining('Did you mean mail?'),
    ])
  }, 60_000)

  it('delivers to another backend', async () => {
    const other = await shown('retry other', 'retry', idOf('unrouted'), '--backend', 'log', '--wait')
    expect([other.exitCode, other.stdout]).toEqual([0, expect.stringContaining(' to log: delivered')])
    expect((await run('list', '--state', 'unrouted', '--json')).stdout).toBe('')
  }, 60_000)
})

describe('faxlane simulate', () => {
  it('goes the whole way and delivers nothing', async () => {
    const file = join(projectFolder, 'test/samples/text-std-ecm.tif')
    const { exitCode, stdout } = await run('simulate', file, '--to', '100', '--from', '0478123456', '--json')
    expect(exitCode).toBe(0)
    const { fax, deliveries } = JSON.parse(stdout)
    expect(deliveries.map(({ backend }: { backend: string }) => backend)).toEqual(['mail', 'printer_office'])
    ids.set('simulated', fax)
    expect((await shown('show simulated', 'show', fax)).stdout).toContain('simulated')
    expect((await run('retry', fax)).stderr).toContain('only simulated')
    expect((await run('simulate', file, '--to', '999')).exitCode).toBe(1)
  })
})

describe('faxlane explain and diff', () => {
  it('ask the table that the gateway routes by', async () => {
    expect((await shown('explain', 'explain', '200', '--deployed')).exitCode).toBe(0)
    const { exitCode, stdout } = await run('diff', join(projectFolder, 'config/fax.conf'), '--exit-code')
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('- ftp_archive')])
    const same = await run('diff', join(projectFolder, 'test/routing-tables/operator.conf'), '--exit-code')
    expect([same.exitCode, same.stdout]).toEqual([0, 'Nothing changes: every number is served as before.\n'])
  })
})

describe('faxlane status and redrive', () => {
  it('names what calls for somebody, with the command', async () => {
    ids.set('stuck', await world.leaveStuckFax())
    await world.silence('print', 42)
    const { exitCode, stdout } = await shown('status', 'status')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('1 in faxlane-arrivals-dead')
    expect((await shown('show stuck', 'show', idOf('stuck'))).stdout).toContain('it may have')
    expect((await shown('list stuck', 'list', '--state', 'stuck')).stdout).toContain(idOf('stuck'))
  })

  it('adds up what was received, and says what needs a person', async () => {
    const { exitCode, stdout } = await shown('sweep', 'sweep')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^\d+ received = \d+ delivered \+ /m)
  })

  it('shows dead letters and sends them back', async () => {
    await shown('redrive dry', 'redrive', '--dry-run')
    await shown('redrive', 'redrive')
    await shown('redrive none', 'redrive')
    const [, dead] = /(\d+) in faxlane-arrivals-dead/.exec((await run('status')).stdout) ?? []
    expect(dead).toBeUndefined()
    expect((await run('redrive', 'nowhere')).exitCode).toBe(2)
  })
})

describe('faxlane cancel', () => {
  it('stops what is not dialled, and says until when a call has time', async () => {
    expect((await shown('cancel waiting', 'cancel', transmissionIdOf('waiting'))).exitCode).toBe(0)
    expect((await shown('show canceled', 'show', transmissionIdOf('waiting'))).exitCode).toBe(0)
    expect((await shown('cancel dialling', 'cancel', transmissionIdOf('dialling'))).exitCode).toBe(1)
    expect((await shown('cancel sent', 'cancel', transmissionIdOf('sent'))).exitCode).toBe(1)
    expect((await run('cancel', transmissionIdOf('accepted'))).exitCode).toBe(0)
  })

  it('ends a call of which its site tells no end, and its agent is heard all the same', async () => {
    const id = transmissionIdOf('silent')
    expect((await shown('cancel silent', 'cancel', id)).exitCode).toBe(0)
    expect((await shown('show ended', 'show', id)).exitCode).toBe(0)
    expect(await run('sent', '--state', 'stuck')).toMatchObject({
      stdout: 'No fax was to be sent that fits.\n',
    })
    const { stdout } = await run('sweep')
    expect(stdout).not.toContain('faxlane cancel')
    await sending.tellSent(id)
    await sending.reached(id, 'sent')
    expect((await shown('show learnt', 'show', id)).exitCode).toBe(0)
  })
})

it('a folder without a gateway is told from one with', async () => {
  const { exitCode, stderr } = await faxlane(['list', '--home', 'nowhere'], folder)
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('no gateway runs on nowhere')])
})

it('a deployment is found by its name, with the credentials of the environment', async () => {
  const environment = {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: gateway.dynamoDbEndpoint,
    AWS_REGION: gateway.region,
    AWS_ACCESS_KEY_ID: gateway.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: gateway.credentials.secretAccessKey,
  }
  const ask = (...words: string[]) => faxlane(words, folder, undefined, environment)
  const found = await ask('get', idOf('delivered'), '--tiff', '-o', '-', '--stack', 'faxlane-gateway')
  expect(found.stdout.equals(await sampleFax('text-std-ecm.tif'))).toBe(true)
  const missing = await ask('list', '--stack', 'trial')
  expect([missing.exitCode, missing.stderr]).toEqual([
    1,
    expect.stringContaining('there is no deployment trial in eu-west-1'),
  ])
})
