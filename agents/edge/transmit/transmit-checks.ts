import { access, constants, stat } from 'node:fs/promises'
import type { AwsClients } from '../../daemon/aws-clients.ts'
import type { Check, CheckResult } from '../../daemon/check.ts'
import { filesCheck, queueCheck } from '../../daemon/common-checks.ts'
import { queueNames } from '../../daemon/common-options.ts'
import { type AmiConnection, AmiLost, AmiRefusal, connectAmi } from '../ami/ami-connection.ts'
import type { EdgeConfig } from '../edge-config.ts'
import { readAmiSecret } from './ami-secret.ts'

/** The user that the Debian package makes. */
const USER = 'faxlane-edge'

/** What sending needs; none where the configuration names no user of the PBX's manager. */
export function transmitChecks(aws: Pick<AwsClients, 's3' | 'sqs'>, config: EdgeConfig): Check[] {
  const { amiUser } = config
  if (amiUser === undefined) {
    const text = 'off: ami_user is not set, and this site receives alone'
    return [{ name: 'sending', run: async () => ({ ok: true, text }) }]
  }
  return [
    ...pbxChecks({ ...config, amiUser }),
    outgoingCheck(config),
    filesCheck(aws, config, 'transmit'),
    queueCheck(aws, queueNames(config).transmit),
  ]
}

type Manager = EdgeConfig & { amiUser: string }

/** Each logs in for itself, so that they stand on their own lines. */
export function pbxChecks(config: Manager): Check[] {
  const { amiHost, amiPort, amiUser, dialContext, transmitContext } = config
  const withConnection = async (use: (connection: AmiConnection) => Promise<CheckResult>) => {
    const secret = await readAmiSecret(config.amiSecretFile)
    let connection: AmiConnection
    try {
      connection = await connectAmi({ host: amiHost, port: amiPort, user: amiUser, secret })
    } catch (error) {
      return unconnected(error as Error, config)
    }
    try {
      return await use(connection)
    } finally {
      connection.close()
    }
  }
  return [
    {
      name: 'PBX',
      run: () =>
        withConnection(async ({ greeting }) => ({
          ok: true,
          text: `${greeting} at ${amiHost}:${amiPort}, logged in as ${amiUser}`,
        })),
    },
    { name: 'PBX permissions', run: () => withConnection((connection) => permissions(connection, amiUser)) },
    { name: 'PBX events', run: () => withConnection((connection) => events(connection, config)) },
    {
      name: 'context that dials',
      run: () => withConnection((one) => context(one, dialContext, 'dial_context')),
    },
    {
      name: 'context that sends',
      run: () => withConnection((one) => context(one, `${transmitContext},s,1`, 'transmit_context')),
    },
  ]
}

function unconnected(error: Error, { amiHost, amiPort, amiUser, amiSecretFile }: Manager): CheckResult {
  if (error instanceof AmiRefusal) {
    const fix = `Look at [${amiUser}] in manager.conf (secret, permit), and write the same secret into ${amiSecretFile}; then: asterisk -rx "manager reload"`
    return { ok: false, text: `${amiHost}:${amiPort} refuses ${amiUser}: ${error.message}`, fix }
  }
  const fix = `Look whether Asterisk runs and manager.conf has enabled = yes, bindaddr = ${amiHost} and port = ${amiPort}: asterisk -rx "manager show settings"`
  return { ok: false, text: error.message, fix }
}

/** Actions that sending takes, and the class of manager.conf that allows each. */
const NEEDED_ACTIONS = { Originate: 'originate', Status: 'call', Hangup: 'call', Getvar: 'call' } as const

async function permissions(connection: AmiConnection, user: string): Promise<CheckResult> {
  const allowed = await connection.ask('ListCommands')
  const missing = Object.entries(NEEDED_ACTIONS).filter(([action]) => allowed.get(action) === undefined)
  if (missing.length === 0) return { ok: true, text: 'may originate, ask after and hang up calls' }
  const text = `may not ${missing.map(([action]) => action).join(', ')}`
  const fix = `[${user}] in manager.conf needs write = originate,call; then: asterisk -rx "manager reload"`
  return { ok: false, text, fix }
}

const EVENT_MILLISECONDS = 3000
/** No dialplan has it: the call fails before anything is dialled. */
const NO_CONTEXT = 'faxlane-check-no-such-context'

/** Whether events of calls are told: a call to nowhere has one. */
async function events(
  connection: AmiConnection,
  { amiUser, transmitContext }: Manager,
): Promise<CheckResult> {
  const id = `faxlane-check-${process.pid}-${Date.now()}`
  const timer = setTimeout(() => connection.close(), EVENT_MILLISECONDS)
  try {
    await connection.ask('Originate', [
      ['ActionID', id],
      ['Channel', `Local/s@${NO_CONTEXT}`],
      ['ChannelId', id],
      ['Context', transmitContext],
      ['Exten', 's'],
      ['Priority', '1'],
      ['Async', 'true'],
    ])
    for await (const event of connection.events) {
      if (event.get('ActionID') === id || event.get('Uniqueid') === id) return { ok: true, text: 'are told' }
    }
    const fix = `[${amiUser}] in manager.conf needs read = call,user; then: asterisk -rx "manager reload"`
    return { ok: false, text: 'nothing is told of a call', fix }
  } catch (error) {
    if (!(error instanceof AmiRefusal || error instanceof AmiLost)) throw error
    return { ok: false, text: `a call to nowhere, for a try: ${error.message}`, fix: 'See the lines around.' }
  } finally {
    clearTimeout(timer)
  }
}

async function context(connection: AmiConnection, wanted: string, option: string): Promise<CheckResult> {
  const [name = ''] = wanted.split(',')
  const answer = await connection.ask('Getvar', [['Variable', `DIALPLAN_EXISTS(${wanted})`]])
  if (answer.get('Value') === '1') return { ok: true, text: `[${name}] is there` }
  const fix = `Write the dialplan's own name as ${option}, or add [${name}] to the dialplan; then: asterisk -rx "dialplan reload"`
  return {
    ok: false,
    text: `the dialplan has no [${name}]${wanted.includes(',') ? ' with extension s' : ''}`,
    fix,
  }
}

const GROUP_MAY_ENTER = 0o050
const OTHERS_MAY_ENTER = 0o005

/** Two users meet there: the agent writes, the PBX reads. */
export function outgoingCheck({ outgoingFolder: folder }: Pick<EdgeConfig, 'outgoingFolder'>): Check {
  const fix = `install -d -o ${USER} -g asterisk -m 2750 ${folder}: the agent writes, and Asterisk reads by the folder's group.`
  return {
    name: 'outgoing folder',
    run: async () => {
      const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error)
      if (found instanceof Error) return { ok: false, text: `${folder}: ${found.code ?? found.message}`, fix }
      if (!found.isDirectory()) return { ok: false, text: `${folder} is no folder`, fix }
      const owner = `user ${found.uid}, group ${found.gid}, mode ${(found.mode & 0o7777).toString(8)}`
      try {
        await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
      } catch {
        return { ok: false, text: `${folder} can not be written to (${owner})`, fix }
      }
      if ((found.mode & OTHERS_MAY_ENTER) !== 0)
        return { ok: false, text: `${folder}: everybody may read there (${owner})`, fix }
      if ((found.mode & GROUP_MAY_ENTER) !== GROUP_MAY_ENTER)
        return { ok: false, text: `${folder}: the PBX can not read there (${owner})`, fix }
      return { ok: true, text: `${folder} can be written to, and read by its group (${owner})` }
    },
  }
}
