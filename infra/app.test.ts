import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { App, CfnResource, type Stack } from 'aws-cdk-lib'
import { CfnTopic } from 'aws-cdk-lib/aws-sns'
import { generate } from 'selfsigned'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadTable } from './load-table.ts'
import { readSettings } from './settings.ts'
import { gatewayApp, templatesOf, temporaryFolder } from './testing/synthesize.ts'

/** It takes six seconds, on a machine that has nothing else to do. */
const SYNTHESIS_MILLISECONDS = 120_000

interface Run {
  status: number | null
  stdout: string
  stderr: string
  output: string
}

/** As `npx cdk synth` does it: the app in a process of its own, told by its environment where to and with what context. */
function runApp(context: Record<string, string>): Promise<Run> {
  const folder = temporaryFolder()
  const output = join(folder, 'cdk.out')
  const env = {
    PATH: process.env.PATH,
    CDK_OUTDIR: output,
    CDK_CONTEXT_JSON: JSON.stringify({ build: join(folder, 'build'), ...context }),
  }
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', 'infra/app.ts'],
      { env },
      (_, stdout, stderr) => resolve({ status: child.exitCode, stdout, stderr, output }),
    )
  })
}

function tableFile(text: string): string {
  const file = join(temporaryFolder(), 'fax.conf')
  writeFileSync(file, text)
  return file
}

const TEN_THOUSAND = Array.from({ length: 10_000 }, (_, index) => 5_550_000 + index)

describe('the app', { timeout: SYNTHESIS_MILLISECONDS }, () => {
  it('synthesizes a table of ten thousand numbers, with all checks on and no AWS account', async () => {
    const sections = TEN_THOUSAND.map((number) => `[dstnum_${number}]\ndest = log\n`)
    const site = '[site_paris]\nca_certificate = ca.pem\nagents = edge, print\n'
    const config = tableFile(
      `[log]\nmsg = fax for %(dstnum)s\n\n[log_unused]\nmsg = x\n\n${site}\n${sections.join('\n')}`,
    )
    const { cert } = await generate([{ name: 'commonName', value: 'authority of Paris' }], {
      extensions: [{ name: 'basicConstraints', cA: true }],
    })
    writeFileSync(join(dirname(config), 'ca.pem'), cert)
    const { status, stdout, stderr, output } = await runApp({ config, name: 'trial' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    // What is worth a word and no mistake, once.
    expect(stderr.split(`${config}:4: No number uses the backend log_unused.`)).toHaveLength(2)
    expect(stderr).not.toMatch(/warning|deprecated/i)
    const has = (name: string, file: string) => existsSync(join(output, name, file))
    const asset = readdirSync(output).find(
      (name) => has(name, 'routing-table.json') && !has(name, 'pdfium.wasm'),
    )
    expect(readdirSync(join(output, asset ?? '')).sort()).toEqual(['index.mjs', 'routing-table.json'])
    const table = JSON.parse(readFileSync(join(output, asset ?? '', 'routing-table.json'), 'utf8'))
    expect(Object.keys(table.numbers)).toHaveLength(10_000)
    const template = readFileSync(join(output, 'trial-gateway.template.json'), 'utf8')
    expect(template).not.toContain('5551234')
    expect(existsSync(join(output, 'trial-data.template.json'))).toBe(true)
  })

  it('tells all that is wrong with a table and synthesizes nothing', async () => {
    const config = tableFile(
      '[mail]\nsubject = x\n\n[ftp_a]\nhost = h\nusername = u\npassword = geheim\n\n[dstnum_1]\ndest = nowhere\n',
    )
    const { status, stdout, stderr, output } = await runApp({ config })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    for (const line of [1, 7, 10]) expect(stderr).toContain(`${config}:${line}: `)
    expect(stderr).toMatch(/The routing table does not hold in \d+ places\. Nothing was synthesized\.\n$/)
    expect(stderr).not.toMatch(/^\s+at |geheim/m)
    expect(existsSync(join(output, 'manifest.json'))).toBe(false)
  })
})

describe('a synthesis by the CDK command', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('comes out as one without it', () => {
    const withoutCommand = templates()
    const context = { 'aws:cdk:version-reporting': true, 'aws:cdk:bundling-stacks': ['**'] }
    vi.stubEnv('CDK_CONTEXT_JSON', JSON.stringify(context))
    expect(templates()).toEqual(withoutCommand)
  })

  function templates() {
    const { data, gateway } = templatesOf(gatewayApp())
    return [data.toJSON(), gateway.toJSON()]
  }
})

describe('settings', () => {
  const read = (context: Record<string, string>) => readSettings(new App({ context }).node)

  it('have defaults', () => {
    expect(read({})).toEqual({
      config: 'config/fax.conf',
      name: 'faxlane',
      identities: 'create',
      build: '.build',
    })
  })

  it('that do not hold are told all at once', () => {
    expect(() => read({ name: 'Fax Lane', identities: 'some' })).toThrow(
      /^-c name=Fax Lane: .*lower-case.*\n-c identities=some: .*$/,
    )
  })

  it('that name no table are told where it was looked for', () => {
    expect(() => loadTable('/nowhere/fax.conf', () => undefined)).toThrow(
      'There is no routing table to read at /nowhere/fax.conf. Write one there, or name another with -c config=FILE.',
    )
  })
})

describe('the table of config/', () => {
  it('holds', () => {
    const told: string[] = []
    const table = loadTable('config/fax.conf', (text) => told.push(text))
    expect(told).toEqual([])
    expect(table.backends.map(({ kind }) => kind).sort()).toEqual(['ftp', 'log', 'mail', 'printer'])
  })
})

describe('a synthesis fails', { timeout: SYNTHESIS_MILLISECONDS }, () => {
  afterEach(() => vi.restoreAllMocks())

  /** What a synthesis says against a resource that `add` puts into the first stack. */
  function objectionsTo(add: (stack: Stack) => void): string {
    const app = gatewayApp()
    process.env.CDK_VALIDATION = 'true'
    add(app.node.children[0] as Stack)
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      app.synth()
    } catch (error) {
      return [...said.mock.calls, error].join('\n')
    }
    throw new Error('The synthesis did not fail.')
  }

  it('on what CloudFormation would refuse', () => {
    const wrong = { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 'soon' } }
    expect(objectionsTo((stack) => new CfnResource(stack, 'Wrong', wrong))).toMatch(/ERROR VisibilityTimeout/)
  })

  it("on what AWS's rules of good practice forbid, unless it is acknowledged with a reason", () => {
    expect(objectionsTo((stack) => new CfnTopic(stack, 'Open'))).toMatch(/AwsSolutions-SNS3/)
  })
})
