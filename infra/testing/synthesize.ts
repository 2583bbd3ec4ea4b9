import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll } from 'vitest'
import { type DeployedTable, deployedTableSchema } from '../../shared/routing-table/deployed-table.ts'
import { type AssetFolders, ENTRIES } from '../bundles.ts'
import { addGateway, type GatewaySettings, makeApp } from '../gateway-app.ts'

/** A table with two of everything that the stacks make something of. */
export const TABLE: DeployedTable = deployedTableSchema.parse({
  version: 1,
  timeZone: 'UTC',
  sites: ['main', 'berlin'],
  backends: [
    {
      kind: 'mail',
      name: 'mail',
      subject: [],
      body: [],
      from: { address: 'fax@example.org', name: '' },
      format: 'pdf',
    },
    {
      kind: 'mail',
      name: 'mail_b',
      subject: [],
      body: [],
      from: { address: 'Fax@Example.com', name: '' },
      format: 'pdf',
    },
    ftp('ftp_a', 'faxlane/ftp_a'),
    ftp('ftpa', 'faxlane/ftpa'),
    ftp('ftp_b', 'faxlane/ftp_a'),
    ftp('ftp_c', 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:theirs-AbCdEf'),
    { kind: 'printer', name: 'printer_office', site: 'main', format: 'pdf' },
    { kind: 'log', name: 'log', message: [] },
    { kind: 'log', name: 'log_b', message: [] },
  ],
  numbers: {},
  notices: {
    from: { address: 'fax@example.org', name: 'Fax' },
    language: 'en',
    recipients: { failed: ['admin@example.org'] },
    alarms: ['admin@example.org'],
    texts: {},
  },
  outbound: [
    {
      name: 'default',
      site: 'main',
      country: 'FR',
      callerNumbers: ['0478123456'],
      headerBy: 'gateway',
      allowInternational: [],
      allowPremium: [],
      senders: [],
      noticesFrom: 'sent@example.net',
      dailyLimit: 500,
      retries: 3,
      retryWaitSeconds: 300,
      resolution: 'fine',
      widthPixels: 1728,
    },
  ],
})

function ftp(name: string, passwordSecret: string) {
  return {
    kind: 'ftp',
    name,
    host: 'ftp.example.org',
    port: 21,
    username: 'fax',
    passwordSecret,
    tls: 'explicit',
    format: 'pdf',
  }
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that goes when the test file ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'faxlane-infra-'))
  folders.push(folder)
  return folder
}

/** An app with both stacks, whose functions are one line each: what is in them does not matter to a template. */
export function gatewayApp(changes: Partial<GatewaySettings> = {}): App {
  // CloudFormation's rules take two thirds of a synthesis. app.test.ts synthesizes with them.
  process.env.CDK_VALIDATION = 'false'
  const folder = temporaryFolder()
  const app = makeApp(join(folder, 'cdk.out'))
  const assetFolders = hollowFunctions(join(folder, 'functions'))
  addGateway(app, { name: 'faxlane', table: TABLE, identities: 'create', assetFolders, ...changes })
  return app
}

export function templatesOf(app: App): { data: Template; gateway: Template } {
  return { data: templateOf(app, 'data'), gateway: templateOf(app, 'gateway') }
}

function templateOf(app: App, suffix: string): Template {
  const stack = app.node.children.find((child) => child.node.id.endsWith(`-${suffix}`))
  if (stack === undefined) throw new Error(`The app has no stack that ends in ${suffix}.`)
  return Template.fromStack(stack as Stack)
}

function hollowFunctions(root: string): AssetFolders {
  const assetFolders = Object.keys(ENTRIES).map((name) => {
    const folder = join(root, name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'index.mjs'), `export const handler = () => '${name}'\n`)
    return [name, folder]
  })
  return Object.fromEntries(assetFolders) as AssetFolders
}
