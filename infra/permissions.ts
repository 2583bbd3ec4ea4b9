import { Aws } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { INDEXES } from '../shared/ledger/index-keys.ts'
import { PREFIXES } from '../shared/object-keys.ts'
import { bucketArn, type Names, queueArn, tableArn } from './names.ts'

/** An area of the faxes' bucket. */
export type Area = keyof typeof PREFIXES

// One statement for each need, with the need as its name, so that a role can be read. CDK merges no statements that have names.

export function readFaxes(names: Names, areas: readonly Area[]): PolicyStatement {
  return allow('ReadFaxes', ['s3:GetObject'], inAreas(names, areas))
}

export function writeFaxes(names: Names, areas: readonly Area[]): PolicyStatement {
  return allow('WriteFaxes', ['s3:PutObject'], inAreas(names, areas))
}

/** New ones alone, with the header that says so: an agent can overwrite nothing, its own faxes included. */
export function writeNewFaxesOf(names: Names, site: string): PolicyStatement {
  return allow('WriteNewFaxes', ['s3:PutObject'], [ofSite(names, 'incoming', site)], ONLY_NEW)
}

/** Whoever puts a claim first has it; nobody takes it away again. */
export function claimTransmissionsOf(names: Names, site: string): PolicyStatement {
  return allow('ClaimTransmissions', ['s3:PutObject'], [ofSite(names, 'claims', site)], ONLY_NEW)
}

/** As writeNewFaxesOf, of all sites. */
export function writeNewFaxes(names: Names, areas: readonly Area[]): PolicyStatement {
  return allow('WriteNewFaxes', ['s3:PutObject'], inAreas(names, areas), ONLY_NEW)
}

const ONLY_NEW = { Null: { 's3:if-none-match': 'false' } }

export function readFaxesOf(names: Names, areas: readonly Area[], site: string): PolicyStatement {
  const resources = areas.map((area) => ofSite(names, area, site))
  return allow('ReadFaxes', ['s3:GetObject'], resources)
}

/**
 * Tells a fax that is gone from one that is forbidden: see tellMissingFaxes. A GetObject has no prefix for the condition to look at, so
 * S3 may go on answering it with 403; a listing by the whole key as prefix is answered.
 */
export function listFaxesOf(names: Names, area: Area, site: string): PolicyStatement {
  return allow('ListFaxes', ['s3:ListBucket'], [bucketArn(names.bucket)], {
    StringLike: { 's3:prefix': `${PREFIXES[area]}${site}/*` },
  })
}

/** Of the key that the deployment was given, and only through the services that keep something with it. */
export function useKey({ encryptionKey }: Names): PolicyStatement[] {
  if (encryptionKey === undefined) return []
  const services = ['s3', 'dynamodb', 'secretsmanager'].map(
    (service) => `${service}.${Aws.REGION}.amazonaws.com`,
  )
  return [
    allow('UseKey', ['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey], {
      StringEquals: { 'kms:ViaService': services },
    }),
  ]
}

/** Without the right to list a bucket, S3 answers a read of what is not there with 403, as if it were forbidden. */
export function tellMissingFaxes(names: Names): PolicyStatement {
  return allow('TellMissingFaxes', ['s3:ListBucket'], [bucketArn(names.bucket)])
}

export function useLedger(names: Names): PolicyStatement {
  return allow('UseLedger', ['dynamodb:GetItem', 'dynamodb:PutItem'], [tableArn(names.ledger)])
}

/** Counts the transmissions of a day. */
export function countInLedger(names: Names): PolicyStatement {
  return allow('CountInLedger', ['dynamodb:UpdateItem'], [tableArn(names.ledger)])
}

export function readLedger(names: Names): PolicyStatement {
  return allow('ReadLedger', ['dynamodb:GetItem'], [tableArn(names.ledger)])
}

/** A fax with all of its deliveries. */
export function queryLedger(names: Names): PolicyStatement {
  return allow('QueryLedger', ['dynamodb:Query'], [tableArn(names.ledger)])
}

/** Any of the usual questions: see INDEXES. */
export function queryLedgerIndexes(names: Names): PolicyStatement {
  const indexes = Object.values(INDEXES).map(({ name }) => `${tableArn(names.ledger)}/index/${name}`)
  return allow('QueryLedger', ['dynamodb:Query'], [tableArn(names.ledger), ...indexes])
}

export function listAreas(names: Names, areas: readonly Area[]): PolicyStatement {
  return allow('ListFaxes', ['s3:ListBucket'], [bucketArn(names.bucket)], {
    StringLike: { 's3:prefix': areas.map((area) => `${PREFIXES[area]}*`) },
  })
}

export function countMessages(queues: readonly string[]): PolicyStatement {
  return allow('CountMessages', ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], queues.map(queueArn))
}

/** What an event source mapping does in the function's name. */
export function takeMessages(...queues: string[]): PolicyStatement {
  const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']
  return allow('TakeMessages', actions, queues.map(queueArn))
}

export function takeJobs(queue: string): PolicyStatement {
  const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility']
  return allow('TakeJobs', actions, [queueArn(queue)])
}

export function sendMessages(queues: readonly string[]): PolicyStatement {
  return allow('SendMessages', ['sqs:SendMessage'], queues.map(queueArn))
}

export function findQueues(queues: readonly string[]): PolicyStatement {
  return allow('FindQueues', ['sqs:GetQueueUrl'], queues.map(queueArn))
}

export function readSecrets(secretArns: readonly string[]): PolicyStatement {
  return allow('ReadSecrets', ['secretsmanager:GetSecretValue'], secretArns)
}

/** From any address at these domains: a mail under way has the sender that the table had when its fax was routed. */
export function sendMail(identityArns: readonly string[], domains: readonly string[]): PolicyStatement {
  return allow('SendMail', ['ses:SendRawEmail'], identityArns, {
    StringLike: { 'ses:FromAddress': domains.map((domain) => `*@${domain}`) },
  })
}

export function writeFaxLogs(streamArns: readonly string[]): PolicyStatement {
  return allow('WriteFaxLogs', ['logs:PutLogEvents'], streamArns)
}

export function writeOwnLog(logGroupArn: string): PolicyStatement {
  return allow('WriteOwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroupArn])
}

function inAreas(names: Names, areas: readonly Area[]): string[] {
  return areas.map((area) => `${bucketArn(names.bucket)}/${PREFIXES[area]}*`)
}

function ofSite(names: Names, area: Area, site: string): string {
  return `${bucketArn(names.bucket)}/${PREFIXES[area]}${site}/*`
}

function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions: Record<string, unknown> = {},
): PolicyStatement {
  return new PolicyStatement({ sid, actions: [...actions], resources: [...resources], conditions })
}
