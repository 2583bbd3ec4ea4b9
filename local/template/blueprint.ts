import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import type { Statement } from '../aws/iam/policy.ts'
import type { BucketNotification, QueueAttributes } from '../aws/stand-in.ts'
import type { LocalFunction } from '../lambda/environment.ts'
import type { Assembly } from './assembly.ts'
import {
  type EventSourcePlan,
  eventSourceOf,
  type FunctionUrlPlan,
  functionOf,
  functionWithUrl,
} from './functions.ts'
import { LOCAL_TYPES, type Place } from './identities.ts'
import { bucketDenials, permissionsOfRoles } from './permissions.ts'
import { type ResolvedResource, resolveResources } from './resolver.ts'
import { TYPES_WITHOUT_LOCAL_MEANING } from './resource-types.ts'
import { bucketOf, logGroupsOf, queueOf, secretOf, tableOf } from './stores.ts'

/** A deployment in plain values: what has to be made for it to run on one machine. */
export interface Blueprint {
  buckets: { name: string; notifications: BucketNotification[] }[]
  /** Dead-letter queues before those that use them. */
  queues: { name: string; attributes: QueueAttributes }[]
  tables: CreateTableCommandInput[]
  secrets: string[]
  /** Those with streams of their own. A function's own log is in functions.log. */
  logGroups: { name: string; streams: string[] }[]
  functions: LocalFunction[]
  eventSources: EventSourcePlan[]
  /** What the policies of buckets deny to everybody. */
  denials: Statement[]
}

/** Throws for a resource that a deployment would have and the local gateway would leave out unseen. */
export function describeDeployment(assembly: Assembly, place: Place): Blueprint {
  const resources = resolveResources(assembly, place)
  for (const { type, address } of resources) refuseUnknown(type, address)
  const permissions = permissionsOfRoles(resources.filter(isRole))
  const ofType = (type: string) => resources.filter((resource) => resource.type === type)
  return {
    buckets: ofType('AWS::S3::Bucket').map(bucketOf),
    queues: ofType('AWS::SQS::Queue').map(queueOf).sort(deadLettersFirst),
    tables: ofType('AWS::DynamoDB::Table').map(tableOf),
    secrets: ofType('AWS::SecretsManager::Secret').map(secretOf),
    logGroups: logGroupsOf(ofType('AWS::Logs::LogStream')),
    functions: ofType('AWS::Lambda::Function').map((resource) =>
      functionOf(resource, assembly, { place, permissions }),
    ),
    eventSources: ofType('AWS::Lambda::EventSourceMapping').map(eventSourceOf),
    denials: ofType('AWS::S3::BucketPolicy').flatMap(bucketDenials),
  }
}

/** The functions that have a URL. Asked first: the URLs stand in the environment of others, so their ports are opened before the rest is described. */
export function functionsWithUrl(
  assembly: Assembly,
  place: Omit<Place, 'endpoint' | 'functionUrl'>,
): FunctionUrlPlan[] {
  const resources = resolveResources(assembly, { ...place, endpoint: '', functionUrl: () => '' })
  return resources.filter(isFunctionUrl).map(functionWithUrl)
}

function isRole({ type }: ResolvedResource): boolean {
  return type === 'AWS::IAM::Role'
}

function isFunctionUrl({ type }: ResolvedResource): boolean {
  return type === 'AWS::Lambda::Url'
}

function refuseUnknown(type: string, address: string): void {
  if (LOCAL_TYPES.has(type) || TYPES_WITHOUT_LOCAL_MEANING.has(type)) return
  throw new Error(
    `${address}: the local gateway does not know ${type}. Teach it in local/template/, or name it in local/template/resource-types.ts if it has no meaning on one machine.`,
  )
}

function deadLettersFirst(one: Blueprint['queues'][number], other: Blueprint['queues'][number]): number {
  return Number(one.attributes.deadLetter !== undefined) - Number(other.attributes.deadLetter !== undefined)
}
