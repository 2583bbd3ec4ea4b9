import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { deploymentNames } from '../shared/deployment-names.ts'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AwsCall } from './aws/aws-call.ts'
import type { Access } from './aws/iam/authorizer.ts'
import type { StandIn } from './aws/stand-in.ts'
import { type ClientSettings, type Clients, makeClients } from './gateway/clients.ts'
import { type Closers, makeClosers } from './gateway/closers.ts'
import { type Deployment, readDeployment } from './gateway/deployment.ts'
import type { RunningGateway } from './gateway/description.ts'
import { startFtp } from './gateway/ftp.ts'
import { startFunctions } from './gateway/functions.ts'
import { startHeartbeats } from './gateway/heartbeats.ts'
import { claimHome } from './gateway/home.ts'
import { startModems } from './gateway/modems.ts'
import { keepPorts, type Ports, portOf, readPorts } from './gateway/ports.ts'
import { startPrintAgents } from './gateway/print-agents.ts'
import { makeStores, startStandInNear } from './gateway/stores.ts'
import { accessKeyOf, type FunctionHost } from './lambda/environment.ts'
import { openFunctionLog } from './lambda/function-log.ts'
import { type FunctionUrlServer, startFunctionUrl } from './lambda/function-url.ts'
import { iamCaller } from './lambda/iam-caller.ts'
import { readAssembly } from './template/assembly.ts'
import { type Blueprint, describeDeployment, functionsWithUrl } from './template/blueprint.ts'
import type { FunctionUrlPlan } from './template/functions.ts'

export { GatewayRuns } from './gateway/home.ts'
export type { RunningGateway }

export interface GatewayOptions {
  homeFolder: string
  /** The synthesized CDK app. */
  assemblyFolder: string
  /** Delays of retries are divided by this. */
  delayDivisor?: number
  /** Plays the telephone of every site. Else faxes to be sent wait for an edge agent. */
  modems?: boolean
  /** Told of each call of AWS and whether it was allowed. */
  onAccess?: (access: Access) => void
  /** Told of each call of AWS. */
  onCall?: (call: AwsCall) => void
  /** Told of what goes wrong while it runs. */
  onProblem?: (text: string) => void
}

export interface Gateway extends RunningGateway {
  /** Ends the polls at once, lets what is under way end for some seconds, then kills it. */
  close(): Promise<void>
}

/** No account of AWS: its number, its keys and its region go to servers on this machine and nowhere else. */
const PLACE = { accountId: '000000000000', region: 'eu-west-1' }
const ACCESS_KEY_ID = 'AKIAFAXLANELOCAL00000'
/** Retries after minutes come after seconds, so that they can be watched. */
const DELAY_DIVISOR = 60
const GRACE_MILLISECONDS = 5000

/** Throws GatewayRuns when one is up on the same home folder. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const homeFolder = resolve(options.homeFolder)
  const home = await claimHome(homeFolder)
  const closers = makeClosers()
  closers.add(() => home.release())
  try {
    const gateway = await bringUp({ ...options, homeFolder }, closers)
    await home.publish(gateway)
    return { ...gateway, close: () => closers.close() }
  } catch (error) {
    // What failed first is what the caller has to hear.
    await closers
      .close()
      .catch((another: unknown) => options.onProblem?.(`And at closing: ${String(another)}`))
    throw error
  }
}

async function bringUp(options: GatewayOptions, closers: Closers): Promise<RunningGateway> {
  const {
    homeFolder,
    assemblyFolder,
    delayDivisor = DELAY_DIVISOR,
    modems = false,
    onProblem = () => {},
    onAccess = () => {},
    onCall = () => {},
  } = options
  const credentials = { accessKeyId: ACCESS_KEY_ID, secretAccessKey: randomBytes(20).toString('hex') }
  const assembly = await readAssembly(assemblyFolder)
  const ports = await readPorts(homeFolder)
  const standIn = await startStandInNear(
    { ...PLACE, ...credentials, homeFolder, delayDivisor, onUnknownRequest: onProblem, onAccess, onCall },
    ports.endpoint,
  )
  closers.add(() => standIn.close())
  const functionUrls = await openFunctionUrls(
    functionsWithUrl(assembly, PLACE),
    { ports, callerOf: iamCaller({ ...PLACE, ...credentials }) },
    closers,
  )
  await keepPorts(homeFolder, {
    endpoint: portOf(standIn.endpoint),
    functionUrls: Object.fromEntries([...functionUrls].map(([name, { url }]) => [name, portOf(url)])),
  })
  const blueprint = describeDeployment(assembly, {
    ...PLACE,
    endpoint: standIn.endpoint,
    functionUrl: (name) => functionUrls.get(name)?.url ?? '',
  })
  const queueUrls = await makeStores(standIn, blueprint)
  admitFunctions(standIn, blueprint)
  const deployment = await readDeployment(blueprint)
  const settings = { endpoint: standIn.endpoint, region: PLACE.region, credentials }
  const ftp = await startFtp({ standIn, onProblem }, deployment.table, settings, homeFolder)
  closers.add(() => ftp.close())
  const gateway = describeGateway({ homeFolder, settings, standIn, deployment, queueUrls, functionUrls })
  const { endpoint, dynamoDbEndpoint } = standIn
  const { redirects, certificateAuthority } = ftp
  const host = { ...PLACE, ...credentials, endpoint, dynamoDbEndpoint, redirects, certificateAuthority }
  startWork(
    {
      gateway,
      standIn,
      table: deployment.table,
      blueprint,
      host,
      functionUrls,
      homeFolder,
      transmitQueues: modems ? transmitQueuesOf(deployment, queueUrls) : new Map(),
      onProblem,
    },
    closers,
  )
  return gateway
}

/** Each function calls with the rights of its role: what a deployment would deny is denied here. */
function admitFunctions(standIn: StandIn, { functions, denials }: Blueprint): void {
  standIn.denyToAll(denials)
  for (const { name, permissions } of functions) {
    if (permissions !== undefined)
      standIn.admit({ name, accessKeyId: accessKeyOf({ name }), statements: permissions })
  }
}

async function openFunctionUrls(
  plans: readonly FunctionUrlPlan[],
  { ports, callerOf }: { ports: Ports; callerOf: ReturnType<typeof iamCaller> },
  closers: Closers,
): Promise<ReadonlyMap<string, FunctionUrlServer>> {
  const servers = new Map<string, FunctionUrlServer>()
  for (const { functionName, wantsSignature } of plans) {
    const port = ports.functionUrls[functionName]
    const server = await startFunctionUrl(port, wantsSignature ? callerOf : undefined)
    closers.add(() => server.close())
    servers.set(functionName, server)
  }
  return servers
}

interface Parts {
  homeFolder: string
  settings: ClientSettings
  standIn: StandIn
  deployment: Deployment
  queueUrls: ReadonlyMap<string, string>
  functionUrls: ReadonlyMap<string, FunctionUrlServer>
}

function describeGateway({
  homeFolder,
  settings,
  standIn,
  deployment,
  queueUrls,
  functionUrls,
}: Parts): RunningGateway {
  const { name, bucket, ledgerTable, printQueueNames, table, tableFile } = deployment
  const names = deploymentNames(name)
  const printQueues = [...printQueueNames].map(([site, name]) => [site, urlOf(queueUrls, name)])
  const inHome = (...path: string[]) => join(homeFolder, ...path)
  return {
    ...settings,
    deployment: name,
    dynamoDbEndpoint: standIn.dynamoDbEndpoint,
    bucket,
    ledgerTable,
    sites: table.sites,
    routingTable: tableFile,
    printQueues: Object.fromEntries(printQueues),
    reportsQueues: Object.fromEntries(
      table.sites.map((site) => [site, urlOf(queueUrls, names.reports(site))]),
    ),
    faxesUrl: `${functionUrls.get(names.function('api'))?.url}faxes`,
    folders: {
      bucket: inHome('bucket'),
      mail: inHome('mail'),
      ftp: inHome('ftp'),
      printed: inHome('printed'),
      sent: inHome('sent'),
      log: inHome('log'),
      functionsLog: inHome('functions.log'),
    },
  }
}

function transmitQueuesOf(
  { name, table }: Deployment,
  queueUrls: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const names = deploymentNames(name)
  return new Map(table.sites.map((site) => [site, urlOf(queueUrls, names.transmit(site))]))
}

interface Work {
  gateway: RunningGateway
  standIn: StandIn
  table: DeployedTable
  blueprint: Blueprint
  host: FunctionHost
  functionUrls: ReadonlyMap<string, FunctionUrlServer>
  homeFolder: string
  /** By site: those that are served here. */
  transmitQueues: ReadonlyMap<string, string>
  onProblem: (text: string) => void
}

/** Whatever takes messages: started last and ended first. */
function startWork(work: Work, closers: Closers): void {
  const { gateway, standIn, table, blueprint, host, functionUrls, homeFolder, transmitQueues, onProblem } =
    work
  const log = openFunctionLog(gateway.folders.functionsLog)
  closers.add(() => log.close())
  const clients: Clients = makeClients(gateway)
  closers.add(() => clients.close())
  const functions = startFunctions({ host, log, onProblem }, blueprint)
  for (const [name, pool] of functions.pools) standIn.serveFunction(name, (event) => pool.invoke(event))
  for (const [name, server] of functionUrls) {
    const pool = functions.pools.get(name)
    if (pool !== undefined) server.serve(pool)
  }
  const agents = [
    startPrintAgents(clients, log, gateway, homeFolder),
    startModems(clients, log, gateway, transmitQueues, homeFolder),
    startHeartbeats(clients, log, table, gateway.reportsQueues),
  ]
  functions.feed((name) => standIn.pollQueue(name))
  closers.add(async () => {
    await Promise.all([
      functions.close(GRACE_MILLISECONDS),
      ...agents.map((one) => endsWithin(GRACE_MILLISECONDS, one.stop())),
    ])
  })
  functions.prewarm().catch((error: unknown) => onProblem(`A function could not be loaded: ${String(error)}`))
}

function urlOf(queueUrls: ReadonlyMap<string, string>, name: string): string {
  const url = queueUrls.get(name)
  if (url !== undefined) return url
  throw new Error(`The template has no queue ${name}, though something in it uses one.`)
}

async function endsWithin(milliseconds: number, ending: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([ending, limit])
  clearTimeout(timer)
}
