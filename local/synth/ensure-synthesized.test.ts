import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureSynthesized } from './ensure-synthesized.ts'
import { fingerprint } from './fingerprint.ts'
import { type CdkRun, runCdkApp, SynthesisFailed } from './run-cdk-app.ts'

let projectFolder: string
let config: string

beforeEach(async () => {
  projectFolder = await mkdtemp(join(tmpdir(), 'faxlane-synth-'))
  config = join(projectFolder, 'config', 'fax.conf')
  await put('infra/app.ts', 'the app')
  await put('functions/receive/handler.ts', 'a handler')
  await put('shared/facts.ts', 'facts')
  await put('shared/facts.test.ts', 'a test')
  await put('package-lock.json', '{}')
  await put('config/fax.conf', '[mail]\ncontent_file = mail.txt\n\n[dstnum_100]\ndest = mail\n')
  await put('config/mail.txt', 'Hello')
})
afterEach(() => rm(projectFolder, { recursive: true }))

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(projectFolder, path)), { recursive: true })
  await writeFile(join(projectFolder, path), text)
}

/** Writes an assembly as the CDK app would, and counts its runs. */
function fakeCdk() {
  const runs: CdkRun[] = []
  const synthesize = async (run: CdkRun) => {
    runs.push(run)
    await mkdir(join(run.folder, 'assembly'))
    await writeFile(join(run.folder, 'assembly', 'manifest.json'), 'made')
    return ['a note']
  }
  return { runs, synthesize }
}

const ensure = (synthesize: (run: CdkRun) => Promise<string[]>, name?: string) =>
  ensureSynthesized(
    { projectFolder, config, ...(name === undefined ? {} : { name }), onProgress: () => {} },
    synthesize,
  )

describe('a synthesis', () => {
  test('is made once for sources that stay the same', async () => {
    const { runs, synthesize } = fakeCdk()
    const first = await ensure(synthesize)
    const second = await ensure(synthesize)
    expect(first).toMatchObject({ fresh: true, notes: ['a note'] })
    expect(second).toEqual({ assemblyFolder: first.assemblyFolder, fresh: false, notes: [] })
    expect(await readFile(join(first.assemblyFolder, 'manifest.json'), 'utf8')).toBe('made')
    expect(runs).toHaveLength(1)
    expect(runs[0]?.context).toEqual({ config: join('config', 'fax.conf') })
  })

  test('that fails leaves nothing, and is tried again', async () => {
    await expect(ensure(() => Promise.reject(new SynthesisFailed('no')))).rejects.toThrow('no')
    expect(await readdir(join(projectFolder, '.build', 'synth'))).toEqual([])
    expect(await ensure(fakeCdk().synthesize)).toMatchObject({ fresh: true })
  })

  test('by two starts at once ends in one result', async () => {
    const { runs, synthesize } = fakeCdk()
    const [one, other] = await Promise.all([ensure(synthesize), ensure(synthesize)])
    expect(one.assemblyFolder).toBe(other.assemblyFolder)
    expect(runs).toHaveLength(2)
    expect(await readdir(join(projectFolder, '.build', 'synth'))).toHaveLength(1)
  })

  test('is kept with the last few that were used', async () => {
    const { runs, synthesize } = fakeCdk()
    const first = await ensure(synthesize, 'name0')
    for (const name of ['name1', 'name2', 'name3', 'name4']) await ensure(synthesize, name)
    await ensure(synthesize, 'name0')
    await ensure(synthesize, 'name5')
    expect(await readdir(join(projectFolder, '.build', 'synth'))).toHaveLength(5)
    expect(await ensure(synthesize, 'name0')).toMatchObject({
      assemblyFolder: first.assemblyFolder,
      fresh: false,
    })
    expect(await ensure(synthesize, 'name1')).toMatchObject({ fresh: true })
    expect(runs).toHaveLength(7)
  })
})

describe('the fingerprint', () => {
  test.each([
    ['a source', 'shared/facts.ts', true],
    ['a new source', 'functions/settle/handler.ts', true],
    ['a test', 'shared/facts.test.ts', false],
    ['the lock file', 'package-lock.json', true],
    ['the routing table', 'config/fax.conf', true],
    ['a file that the table names', 'config/mail.txt', true],
    ['a file beside the table', 'config/other.txt', false],
    ['the local gateway', 'local/gateway.ts', false],
  ])('of a change in %s (%s): another is %s', async (_what, path, expected) => {
    const before = fingerprint({ projectFolder, config })
    await put(path, 'changed')
    expect(fingerprint({ projectFolder, config }) !== before).toBe(expected)
  })

  test('tells deployments and tables of the same content apart', async () => {
    await put('config/two.conf', await readFile(config, 'utf8'))
    const prints = [
      fingerprint({ projectFolder, config }),
      fingerprint({ projectFolder, config, name: 'other' }),
      fingerprint({ projectFolder, config: join(projectFolder, 'config', 'two.conf') }),
      fingerprint({ projectFolder, config: join(projectFolder, 'config', 'missing.conf') }),
    ]
    expect(new Set(prints).size).toBe(4)
  })
})

describe('a run of the CDK app', () => {
  const run = (source: string, onProgress: CdkRun['onProgress'] = () => {}) =>
    runCdkApp(
      {
        projectFolder,
        folder: projectFolder,
        context: { config },
        onProgress,
        failureLog: join(projectFolder, 'failed.log'),
      },
      { file: process.execPath, arguments: ['--input-type=module', '-e', source] },
    )

  test('gets folders and context, and nothing of the AWS account of the shell', async () => {
    process.env.AWS_PROFILE = 'production'
    process.env.CDK_DEFAULT_ACCOUNT = '123456789012'
    const [said = ''] = await run('console.log(JSON.stringify(process.env))')
    delete process.env.AWS_PROFILE
    delete process.env.CDK_DEFAULT_ACCOUNT
    const environment = JSON.parse(said)
    expect(environment.CDK_OUTDIR).toBe(join(projectFolder, 'assembly'))
    expect(JSON.parse(environment.CDK_CONTEXT_JSON)).toEqual({ config, build: join(projectFolder, 'build') })
    expect(environment).not.toHaveProperty('AWS_PROFILE')
    expect(environment).not.toHaveProperty('CDK_DEFAULT_ACCOUNT')
  })

  test('that finds the table wrong says so as it stands', async () => {
    const findings =
      'fax.conf:3: dest = fox: no such backend.\\nThe routing table does not hold in one place.'
    const failing = run(`console.error('${findings}'); process.exitCode = 1`)
    await expect(failing).rejects.toThrow(
      new SynthesisFailed(
        'fax.conf:3: dest = fox: no such backend.\nThe routing table does not hold in one place.',
      ),
    )
  })

  test('that breaks says what was thrown, and keeps the trace for the log', async () => {
    const failing = run(`throw new TypeError('queue is not\\na function')`)
    await expect(failing).rejects.toThrow(
      'The CDK app did not synthesize: TypeError: queue is not\na function\nAll that',
    )
    await expect(failing).rejects.not.toThrow(/^\s+at /m)
    expect(await readFile(join(projectFolder, 'failed.log'), 'utf8')).toMatch(/^\s+at /m)
  })

  test('that is killed says so', async () => {
    await expect(run(`process.kill(process.pid, 'SIGKILL')`)).rejects.toThrow('SIGKILL')
  })

  test('tells how far it is by what is there', async () => {
    const steps: string[] = []
    await run(
      `import { mkdirSync, writeFileSync } from 'node:fs'
       const pause = () => new Promise((resolve) => setTimeout(resolve, 300))
       mkdirSync('assembly'); await pause()
       mkdirSync('build/functions', { recursive: true }); await pause()
       writeFileSync('assembly/manifest.json', ''); await pause()`,
      ({ step }) => steps.push(step),
    )
    expect(steps).toEqual([
      'loading the CDK',
      'checking the routing table and bundling the functions',
      'synthesizing the stacks',
      'checking the templates',
    ])
  })
})
