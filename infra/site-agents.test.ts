import { expect, it } from 'vitest'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { gatewayApp, TABLE, templatesOf } from './testing/synthesize.ts'
import { list, text } from './testing/text.ts'

const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
/** main has a printer, berlin has none, and oslo keeps credentials of its own. */
const table: DeployedTable = {
  ...TABLE,
  sites: ['main', 'berlin', 'oslo'],
  siteDetails: { main: { caCertificate: CA }, berlin: { caCertificate: CA } },
}
const { data } = templatesOf(gatewayApp({ table }))
const roles = Object.values(data.findResources('AWS::IAM::Role'))

const FAXES = 's3 faxlane-ACCOUNT-REGION'

/** What each agent may do: actions, on what, and under which condition. Nothing else. */
const PERMISSIONS: Record<string, [actions: string, resources: string[], condition?: unknown][]> = {
  'edge agent of faxlane at main': edge('main'),
  'edge agent of faxlane at berlin': edge('berlin'),
  'print agent of faxlane at main': [
    ['sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:ReceiveMessage', ['sqs faxlane-print-main']],
    ['s3:GetObject', [`${FAXES}/print/main/*`]],
    ['s3:ListBucket', [FAXES], { StringLike: { 's3:prefix': 'print/main/*' } }],
    ['sqs:SendMessage', ['sqs faxlane-reports-main']],
    ['sqs:GetQueueUrl', ['sqs faxlane-print-main', 'sqs faxlane-reports-main']],
  ],
}

function edge(site: string): [string, string[], unknown?][] {
  const onlyNew = { Null: { 's3:if-none-match': 'false' } }
  return [
    ['s3:PutObject', [`${FAXES}/incoming/${site}/*`], onlyNew],
    ['s3:PutObject', [`${FAXES}/claims/${site}/*`], onlyNew],
    [
      's3:GetObject',
      [`${FAXES}/claims/${site}/*`, `${FAXES}/incoming/${site}/*`, `${FAXES}/transmit/${site}/*`],
    ],
    ['s3:ListBucket', [FAXES], { StringLike: { 's3:prefix': `transmit/${site}/*` } }],
    ['sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:ReceiveMessage', [`sqs faxlane-transmit-${site}`]],
    ['sqs:SendMessage', [`sqs faxlane-reports-${site}`]],
    ['sqs:GetQueueUrl', [`sqs faxlane-reports-${site}`, `sqs faxlane-transmit-${site}`]],
  ]
}

it('gives a role to each agent of a site with a certificate authority, and to no other', () => {
  const described = roles.map(({ Properties }) => Properties.Description)
  expect(described.sort()).toEqual(
    Object.keys(PERMISSIONS)
      .map((agent) => `What the ${agent} may do`)
      .sort(),
  )
})

it.each(Object.entries(PERMISSIONS))(
  'lets the %s do what is listed and nothing else',
  (agent, permissions) => {
    const { Policies, ManagedPolicyArns } = roleOf(agent)
    expect(ManagedPolicyArns).toBeUndefined()
    expect(Policies).toHaveLength(1)
    const statements: Record<string, unknown>[] = Policies[0].PolicyDocument.Statement
    expect(statements.filter(({ Effect }) => Effect !== 'Allow')).toEqual([])
    const found = statements.map(({ Action, Resource, Condition }) => [
      list(Action).sort().join(' '),
      list(Resource).map(text).sort(),
      ...(Condition === undefined ? [] : [Condition]),
    ])
    expect(found).toEqual(permissions)
  },
)

it.each(Object.keys(PERMISSIONS))(
  'lets nobody be the %s but a certificate of its name and of its site’s authority',
  (agent) => {
    const [kind, site] = [agent.split(' ').at(0), agent.split(' ').at(-1)]
    const [[anchor] = []] = Object.entries(data.findResources('AWS::RolesAnywhere::TrustAnchor')).filter(
      ([, { Properties }]) => Properties.Name === `faxlane-${site}`,
    )
    const { AssumeRolePolicyDocument: document } = roleOf(agent)
    expect(document.Statement).toEqual([
      {
        Sid: 'CertificateOfAgent',
        Effect: 'Allow',
        Principal: { Service: 'rolesanywhere.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
        Condition: {
          ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [anchor, 'TrustAnchorArn'] } },
          StringEquals: { 'aws:PrincipalTag/x509Subject/CN': `faxlane-${kind}-${site}` },
        },
      },
    ])
  },
)

it('has a profile for each site, with the roles of that site alone', () => {
  const profiles = Object.values(data.findResources('AWS::RolesAnywhere::Profile'))
  const described = profiles.map(({ Properties }) => [
    Properties.Name,
    Properties.RoleArns.map(
      (arn: { 'Fn::GetAtt': [string] }) =>
        data.findResources('AWS::IAM::Role')[arn['Fn::GetAtt'][0]]?.Properties.Description,
    ),
  ])
  expect(Object.fromEntries(described)).toEqual({
    'faxlane-main': [
      'What the edge agent of faxlane at main may do',
      'What the print agent of faxlane at main may do',
    ],
    'faxlane-berlin': ['What the edge agent of faxlane at berlin may do'],
  })
})

it('says what the helper on site is called with', () => {
  const outputs = Object.values(data.findOutputs('*')).filter(({ Description }) =>
    Description?.includes('aws_signing_helper'),
  )
  expect(outputs).toHaveLength(3)
  for (const { Value } of outputs) {
    expect(text(Value)).toMatch(
      /^--trust-anchor-arn <.*TrustAnchorArn> --profile-arn <.*ProfileArn> --role-arn <.*Arn>$/,
    )
  }
})

function roleOf(agent: string) {
  return roles.find(({ Properties }) => Properties.Description.includes(agent))?.Properties
}
