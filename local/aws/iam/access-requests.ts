import * as z from 'zod'
import { UnknownRequest } from '../aws-error.ts'
import { type Call, queryValue, splitTarget } from '../http.ts'
import { resolveOperation } from '../s3/operation.ts'
import type { AccessRequest } from './policy.ts'

interface Account {
  accountId: string
  region: string
}

/** All that a call asks for: each of these has to be allowed, by one of its alternatives. */
export type Asked = readonly (readonly AccessRequest[])[]

/** What is read of a call. */
export type AskingCall = Pick<Call, 'method' | 'path' | 'query' | 'headers'>

type Translate = (call: AskingCall, body: Buffer, account: Account) => Asked

/**
 * What IAM is asked before a service acts, by AWS's Service Authorization Reference.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const SERVICES: Readonly<Record<string, Translate>> = {
  s3: ofS3,
  sqs: ofSqs,
  ses: ofSes,
  secretsmanager: ofSecretsManager,
  logs: ofLogs,
  dynamodb: ofDynamoDb,
}

/** Throws UnknownRequest for what is not known here: it would be let through unseen. */
export function accessRequests(service: string, call: AskingCall, body: Buffer, account: Account): Asked {
  const translate = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined
  if (translate === undefined) throw unknown(`IAM's actions of ${service}`)
  return translate(call, body, account)
}

/** Here the line is plain HTTP, for the SDK of a deployment it is TLS. */
const TRANSPORT = { 'aws:securetransport': 'true' }

function one(action: string, resource: string, context: Record<string, string> = {}): Asked {
  return [[{ action, resource, context: { ...TRANSPORT, ...context } }]]
}

function ofS3(call: AskingCall): Asked {
  const { name, bucketName, key } = resolveOperation(call)
  const bucket = `arn:aws:s3:::${bucketName}`
  const ifNoneMatch = call.headers['if-none-match']
  switch (name) {
    case 'GetObject':
    case 'HeadObject':
      return one('s3:GetObject', `${bucket}/${key}`)
    case 'DeleteObject': {
      const isVersion = queryValue(call.query, 'versionId') !== undefined
      return one(isVersion ? 's3:DeleteObjectVersion' : 's3:DeleteObject', `${bucket}/${key}`)
    }
    case 'ListObjectVersions':
      return one('s3:ListBucketVersions', bucket, { 's3:prefix': queryValue(call.query, 'prefix') ?? '' })
    case 'ListObjectsV2':
      return one('s3:ListBucket', bucket, { 's3:prefix': queryValue(call.query, 'prefix') ?? '' })
    case 'PutObject':
    case 'CopyObject': {
      const put = one('s3:PutObject', `${bucket}/${key}`, {
        's3:objectcreationoperation': 'true',
        ...(ifNoneMatch === undefined ? {} : { 's3:if-none-match': ifNoneMatch }),
      })
      if (name === 'PutObject') return put
      const source = decodeURIComponent(call.headers['x-amz-copy-source'] ?? '').replace(/^\//, '')
      return [...put, ...one('s3:GetObject', `arn:aws:s3:::${source}`)]
    }
    default:
      throw unknown(`IAM's action of S3 ${name}`)
  }
}

const queueSchema = z.object({ QueueUrl: z.string().optional(), QueueName: z.string().optional() })

/** The name of the queue that a call of SQS is about. */
export function queueOf(body: Buffer): string {
  const { QueueUrl, QueueName } = queueSchema.parse(json(body))
  return QueueName ?? QueueUrl?.split('/').at(-1) ?? '*'
}

function ofSqs(call: AskingCall, body: Buffer, { region, accountId }: Account): Asked {
  const queue = queueOf(body)
  return one(`sqs:${targetOf(call).replace(/Batch$/, '')}`, `arn:aws:sqs:${region}:${accountId}:${queue}`)
}

/** By the identity of the address or of its domain, whichever is verified; and by the configuration set, if one is named. */
function ofSes(_call: AskingCall, body: Buffer, { region, accountId }: Account): Asked {
  const form = splitTarget(`?${body.toString('latin1')}`).query
  const action = `ses:${queryValue(form, 'Action')}`
  const source = queryValue(form, 'Source') ?? ''
  const set = queryValue(form, 'ConfigurationSetName')
  const context = { ...TRANSPORT, 'ses:fromaddress': source }
  const arn = (resource: string) => `arn:aws:ses:${region}:${accountId}:${resource}`
  const identities = [source, source.slice(source.lastIndexOf('@') + 1)]
  return [
    identities.map((identity) => ({ action, resource: arn(`identity/${identity}`), context })),
    ...(set === undefined ? [] : [[{ action, resource: arn(`configuration-set/${set}`), context }]]),
  ]
}

/** Secrets Manager puts six characters behind a name. */
const SUFFIX = '-AbCdEf'

function ofSecretsManager(call: AskingCall, body: Buffer, { region, accountId }: Account): Asked {
  const { SecretId } = z.object({ SecretId: z.string() }).parse(json(body))
  const arn = SecretId.startsWith('arn:')
    ? SecretId
    : `arn:aws:secretsmanager:${region}:${accountId}:secret:${SecretId}${SUFFIX}`
  return one(`secretsmanager:${targetOf(call)}`, arn)
}

const logSchema = z.object({ logGroupName: z.string(), logStreamName: z.string().optional() })

function ofLogs(call: AskingCall, body: Buffer, { region, accountId }: Account): Asked {
  const { logGroupName, logStreamName } = logSchema.parse(json(body))
  const stream = logStreamName === undefined ? '*' : `log-stream:${logStreamName}`
  return one(
    `logs:${targetOf(call)}`,
    `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:${stream}`,
  )
}

const tableSchema = z.object({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).optional(),
})

function ofDynamoDb(call: AskingCall, body: Buffer, { region, accountId }: Account): Asked {
  const { TableName, IndexName, RequestItems = {} } = tableSchema.parse(json(body))
  const index = IndexName === undefined ? '' : `/index/${IndexName}`
  const tables = TableName === undefined ? Object.keys(RequestItems) : [`${TableName}${index}`]
  return tables.flatMap((table) =>
    one(`dynamodb:${targetOf(call)}`, `arn:aws:dynamodb:${region}:${accountId}:table/${table}`),
  )
}

function targetOf({ headers, method, path }: AskingCall): string {
  const target = headers['x-amz-target']?.split('.').at(-1)
  if (target === undefined) throw unknown(`a request without X-Amz-Target: ${method} ${path}`)
  return target
}

function json(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString())
  } catch {
    return {}
  }
}

function unknown(what: string): UnknownRequest {
  return new UnknownRequest(501, 'NotImplemented', what)
}
