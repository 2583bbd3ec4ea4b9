import { expect, it } from 'vitest'
import { gatewayApp, TABLE, templatesOf } from './testing/synthesize.ts'
import { list, text } from './testing/text.ts'

const { data, gateway } = templatesOf(gatewayApp())

const FAXES = 's3 faxlane-ACCOUNT-REGION'
const LEDGER = 'dynamodb table/faxlane-ledger'

const DEAD_LETTER_QUEUES = Object.values(data.findResources('AWS::SQS::Queue'))
  .map(({ Properties }) => `sqs ${Properties.QueueName}`)
  .filter((name) => name.endsWith('-dead'))
  .sort()

/** What each function may do: actions, and on what. Nothing else, not even by a policy of AWS's. */
const PERMISSIONS: Record<string, Record<string, string[]>> = {
  receive: {
    ...ownLog('receive'),
    ...messagesFrom('faxlane-arrivals'),
    's3:GetObject': [`${FAXES}/incoming/*`],
    's3:ListBucket': [FAXES],
    's3:PutObject': [`${FAXES}/pdf/*`, `${FAXES}/print/*`],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'sqs:SendMessage': [
      'sqs faxlane-deliver-ftp',
      'sqs faxlane-deliver-log',
      'sqs faxlane-deliver-mail',
      'sqs faxlane-notices',
      'sqs faxlane-print-berlin',
      'sqs faxlane-print-main',
    ],
    'sqs:GetQueueUrl': ['sqs faxlane-print-berlin', 'sqs faxlane-print-main'],
  },
  'deliver-mail': {
    ...ownLog('deliver-mail'),
    ...messagesFrom('faxlane-deliver-mail'),
    's3:ListBucket': [FAXES],
    'sqs:SendMessage': ['sqs faxlane-deliver-mail', 'sqs faxlane-dispatch', 'sqs faxlane-notices'],
    's3:GetObject': [`${FAXES}/incoming/*`, `${FAXES}/pdf/*`],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'ses:SendRawEmail': [
      'ses configuration-set/faxlane',
      'ses identity/example.com',
      'ses identity/example.org',
    ],
  },
  'deliver-ftp': {
    ...ownLog('deliver-ftp'),
    ...messagesFrom('faxlane-deliver-ftp'),
    's3:ListBucket': [FAXES],
    'sqs:SendMessage': ['sqs faxlane-deliver-ftp', 'sqs faxlane-dispatch', 'sqs faxlane-notices'],
    's3:GetObject': [`${FAXES}/incoming/*`, `${FAXES}/pdf/*`],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'secretsmanager:GetSecretValue': [
      'arn:aws:secretsmanager:eu-west-1:000000000000:secret:theirs-AbCdEf',
      'secretsmanager secret:faxlane/*-??????',
    ],
  },
  'deliver-log': {
    ...ownLog('deliver-log'),
    ...messagesFrom('faxlane-deliver-log'),
    'sqs:SendMessage': ['sqs faxlane-deliver-log', 'sqs faxlane-dispatch', 'sqs faxlane-notices'],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'logs:PutLogEvents': [
      'logs log-group:/faxlane/faxes/log:log-stream:faxes',
      'logs log-group:/faxlane/faxes/log_b:log-stream:faxes',
    ],
  },
  notify: {
    ...ownLog('notify'),
    ...messagesFrom('faxlane-notices'),
    'sqs:SendMessage': ['sqs faxlane-notices'],
    'dynamodb:Query': [LEDGER],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'ses:SendRawEmail': ['ses identity/example.org'],
  },
  sweep: {
    ...ownLog('sweep'),
    's3:ListBucket': [FAXES],
    'dynamodb:Query': [
      LEDGER,
      ...['by-day', 'by-destination', 'by-source', 'by-state'].map((index) => `${LEDGER}/index/${index}`),
    ],
    'sqs:SendMessage': [
      'sqs faxlane-arrivals',
      'sqs faxlane-dispatch',
      'sqs faxlane-schedule',
      'sqs faxlane-submissions',
    ],
    'sqs:GetQueueAttributes sqs:GetQueueUrl': [
      ...DEAD_LETTER_QUEUES.filter((queue) => !/-(print|reports|transmit)-/.test(queue)),
      ...['print', 'reports', 'transmit'].map((kind) => `sqs faxlane-${kind}-*-dead`),
      'sqs faxlane-submissions',
    ].sort(),
  },
  dispatch: {
    ...ownLog('dispatch'),
    ...messagesFrom('faxlane-dispatch'),
    's3:ListBucket': [FAXES],
    's3:GetObject': [`${FAXES}/incoming/*`, `${FAXES}/pdf/*`],
    's3:PutObject': [`${FAXES}/print/*`],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'dynamodb:Query': [LEDGER],
    'sqs:SendMessage': [
      'sqs faxlane-deliver-ftp',
      'sqs faxlane-deliver-log',
      'sqs faxlane-deliver-mail',
      'sqs faxlane-dispatch',
      'sqs faxlane-notices',
      'sqs faxlane-print-berlin',
      'sqs faxlane-print-main',
    ],
    'sqs:GetQueueUrl': ['sqs faxlane-print-berlin', 'sqs faxlane-print-main'],
  },
  settle: {
    ...ownLog('settle'),
    ...messagesFrom('faxlane-mail-events', 'faxlane-reports-berlin', 'faxlane-reports-main'),
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'sqs:SendMessage': [
      'sqs faxlane-dispatch',
      'sqs faxlane-notices',
      'sqs faxlane-schedule',
      'sqs faxlane-sender-notices',
    ],
  },
  submit: {
    ...ownLog('submit'),
    ...messagesFrom('faxlane-submissions'),
    's3:GetObject': [`${FAXES}/outgoing/*`],
    's3:ListBucket': [FAXES],
    's3:PutObject': [`${FAXES}/transmit/*`],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'dynamodb:UpdateItem': [LEDGER],
    'sqs:SendMessage': ['sqs faxlane-schedule', 'sqs faxlane-sender-notices'],
  },
  schedule: {
    ...ownLog('schedule'),
    ...messagesFrom('faxlane-schedule'),
    'dynamodb:GetItem': [LEDGER],
    'sqs:SendMessage': ['sqs faxlane-schedule', 'sqs faxlane-transmit-berlin', 'sqs faxlane-transmit-main'],
    'sqs:GetQueueUrl': ['sqs faxlane-transmit-berlin', 'sqs faxlane-transmit-main'],
  },
  api: {
    ...ownLog('api'),
    's3:GetObject': [`${FAXES}/claims/*`],
    's3:PutObject': [`${FAXES}/claims/*`, `${FAXES}/outgoing/*`],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'dynamodb:Query': [
      LEDGER,
      `${LEDGER}/index/by-day`,
      `${LEDGER}/index/by-destination`,
      `${LEDGER}/index/by-source`,
      `${LEDGER}/index/by-state`,
    ],
    'sqs:SendMessage': ['sqs faxlane-sender-notices'],
  },
  'notify-sender': {
    ...ownLog('notify-sender'),
    ...messagesFrom('faxlane-sender-notices'),
    'sqs:SendMessage': ['sqs faxlane-sender-notices'],
    's3:GetObject': [`${FAXES}/transmit/*`],
    's3:ListBucket': [FAXES],
    'dynamodb:GetItem dynamodb:PutItem': [LEDGER],
    'ses:SendRawEmail': ['ses identity/example.net'],
  },
  download: {
    ...ownLog('download'),
    's3:GetObject': [`${FAXES}/incoming/*`, `${FAXES}/pdf/*`],
    'dynamodb:GetItem': [LEDGER],
  },
}

function ownLog(functionName: string) {
  const [logGroup] = Object.keys(
    gateway.findResources('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: `/faxlane/functions/${functionName}` },
    }),
  )
  return { 'logs:CreateLogStream logs:PutLogEvents': [`<${logGroup}.Arn>`] }
}

function messagesFrom(...queues: string[]) {
  const resources = queues.map((queue) => `sqs ${queue}`)
  return { 'sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage': resources }
}

const functions = Object.values(gateway.findResources('AWS::Lambda::Function'))
const roles = gateway.findResources('AWS::IAM::Role')

it('gives each function a role of its own', () => {
  const roleIds = functions.map(({ Properties }) => Properties.Role['Fn::GetAtt'][0])
  expect(roleIds.sort()).toEqual(Object.keys(roles).sort())
})

it.each(Object.entries(PERMISSIONS))('lets %s do what is listed and nothing else', (name, permissions) => {
  const lambda = functions.find(({ Properties }) => Properties.FunctionName === `faxlane-${name}`)
  const { Policies, ManagedPolicyArns } = roles[lambda?.Properties.Role['Fn::GetAtt'][0]]?.Properties ?? {}
  expect(ManagedPolicyArns).toBeUndefined()
  expect(Policies).toHaveLength(1)
  const statements: Record<string, unknown>[] = Policies[0].PolicyDocument.Statement
  expect(statements.filter(({ Effect }) => Effect !== 'Allow')).toEqual([])
  expect(statements).toHaveLength(Object.keys(permissions).length)
  expect(
    Object.fromEntries(
      statements.map(({ Action, Resource }) => [
        list(Action).sort().join(' '),
        list(Resource).map(text).sort(),
      ]),
    ),
  ).toEqual(permissions)
})

it('lists every function', () => {
  const names = functions.map(({ Properties }) => Properties.FunctionName.replace('faxlane-', ''))
  expect(names.sort()).toEqual(Object.keys(PERMISSIONS).sort())
})

it('has no policies but those of the roles', () => {
  for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy']) {
    gateway.resourceCountIs(type, 0)
    data.resourceCountIs(type, 0)
  }
  data.resourceCountIs('AWS::IAM::Role', 0)
})

it('allows no action by wildcard, and nothing on everything, in any policy of any kind', () => {
  const allowed = [data, gateway].flatMap((template) => statementsIn(template.toJSON())).filter(allows)
  expect(allowed.length).toBeGreaterThan(functions.length)
  for (const { Action, Resource, Principal } of allowed) {
    expect(list(Action).filter((action) => String(action).includes('*'))).toEqual([])
    expect(list(Resource).map(text)).not.toContain('*')
    expect(Principal === undefined || text(Principal).includes('amazonaws.com')).toBe(true)
  }
})

it('sends mail only from the domains of the table, as mails under way may have another address there', () => {
  const statement = statementOf('deliver-mail', 'SendMail')
  expect(statement.Condition).toEqual({
    StringLike: { 'ses:FromAddress': ['*@example.com', '*@example.org'] },
  })
})

it('sends mail by the identities that an account has, be they domains or addresses', () => {
  const { gateway: existing } = templatesOf(gatewayApp({ identities: 'existing' }))
  const statement = statementOf('deliver-mail', 'SendMail', existing)
  expect(list(statement.Resource).map(text).sort()).toEqual([
    'ses configuration-set/faxlane',
    'ses identity/*@example.com',
    'ses identity/*@example.org',
    'ses identity/example.com',
    'ses identity/example.org',
  ])
})

it('grants nothing for what the table does not have', () => {
  const { notices: _, ...quiet } = TABLE
  const table = { ...quiet, backends: [], sites: [], outbound: [] }
  const { gateway: bare } = templatesOf(gatewayApp({ table }))
  const sids = Object.values(bare.findResources('AWS::IAM::Role')).flatMap(({ Properties }) =>
    Properties.Policies[0].PolicyDocument.Statement.map(({ Sid }: { Sid: string }) => Sid),
  )
  expect(sids).toContain('UseLedger')
  for (const sid of ['SendMail', 'WriteFaxLogs', 'FindQueues']) expect(sids).not.toContain(sid)
})

function statementOf(functionName: string, sid: string, template = gateway) {
  const lambda = Object.values(template.findResources('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.FunctionName === `faxlane-${functionName}`,
  )
  const role = template.findResources('AWS::IAM::Role')[lambda?.Properties.Role['Fn::GetAtt'][0]]
  return role?.Properties.Policies[0].PolicyDocument.Statement.find(({ Sid }: { Sid: string }) => Sid === sid)
}

const allows = ({ Effect }: Record<string, unknown>) => Effect === 'Allow'

/** Every statement of every policy document, wherever in a template it stands. */
function statementsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const here = 'Statement' in value ? list(value.Statement) : []
  const isStatement = (one: unknown): one is Record<string, unknown> =>
    typeof one === 'object' && one !== null
  return [...here.filter(isStatement), ...Object.values(value).flatMap(statementsIn)]
}
