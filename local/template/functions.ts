import * as z from 'zod'
import type { Statement } from '../aws/iam/policy.ts'
import type { LocalFunction } from '../lambda/environment.ts'
import type { EventSource } from '../lambda/event-source.ts'
import type { Assembly } from './assembly.ts'
import { functionNameOf, type Place, queueNameOf } from './identities.ts'
import { type ResolvedResource, toLocalEndpoint } from './resolver.ts'

/** Defaults are Lambda's own. */
const functionSchema = z.object({
  FunctionName: z.string(),
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
  Role: z.string().optional(),
})

export function functionOf(
  resource: ResolvedResource,
  { assetFolders }: Assembly,
  { place, permissions }: { place: Place; permissions: ReadonlyMap<string, Statement[]> },
): LocalFunction {
  const properties = resource.properties(functionSchema)
  const assetFolder = assetFolders.get(properties.Code.S3Key)
  if (assetFolder === undefined) {
    throw new Error(`${resource.address}: its code ${properties.Code.S3Key} is no asset of the assembly.`)
  }
  const variables = Object.entries(properties.Environment?.Variables ?? {})
  return {
    name: properties.FunctionName,
    arn: resource.identity().attributes.Arn ?? properties.FunctionName,
    assetFolder,
    handler: properties.Handler,
    environment: Object.fromEntries(variables.map(([name, value]) => [name, toLocalEndpoint(value, place)])),
    timeoutSeconds: properties.Timeout,
    memoryMegabytes: properties.MemorySize,
    ...(properties.Role === undefined ? {} : { permissions: permissions.get(properties.Role) ?? [] }),
  }
}

/** Which queue feeds which function. The region is the gateway's. */
export type EventSourcePlan = Omit<EventSource, 'region'>

/** Filters would delete what does not match: there is none, and one that comes must not be overlooked. */
const eventSourceSchema = z.object({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: z.number().default(10),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
  FilterCriteria: z.never('the local gateway knows no filters').optional(),
})

/** Without a limit in the template, Lambda begins with five pollers. */
const DEFAULT_CONCURRENCY = 5

export function eventSourceOf(resource: ResolvedResource): EventSourcePlan {
  const properties = resource.properties(eventSourceSchema)
  return {
    functionName: functionNameOf(properties.FunctionName),
    queueName: queueNameOf(properties.EventSourceArn),
    queueArn: properties.EventSourceArn,
    batchSize: properties.BatchSize,
    windowSeconds: properties.MaximumBatchingWindowInSeconds,
    reportsBatchItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    concurrency: properties.ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY,
  }
}

const urlSchema = z.object({ TargetFunctionArn: z.string(), AuthType: z.enum(['NONE', 'AWS_IAM']) })

/** A function that has a URL, and whether it answers signed requests alone. */
export interface FunctionUrlPlan {
  functionName: string
  wantsSignature: boolean
}

export function functionWithUrl(resource: ResolvedResource): FunctionUrlPlan {
  const { TargetFunctionArn, AuthType } = resource.properties(urlSchema)
  return { functionName: functionNameOf(TargetFunctionArn), wantsSignature: AuthType === 'AWS_IAM' }
}
