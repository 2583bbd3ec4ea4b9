import { App, CfnResource, Stack } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { deadLettersOf, deploymentNames } from '../shared/deployment-names.ts'
import { siteQueues } from '../shared/site-queues.ts'
import { checkStackSize } from './stack-limit.ts'
import { gatewayApp, TABLE, templatesOf } from './testing/synthesize.ts'

function stackOf(resources: number): Stack {
  const stack = new Stack(new App(), 'faxlane-data')
  for (let index = 0; index < resources; index++)
    new CfnResource(stack, `Resource${index}`, { type: 'AWS::SQS::Queue' })
  return stack
}

describe('a stack', () => {
  it('may have as many resources as CloudFormation takes', () => {
    expect(() => checkStackSize(stackOf(500), 36)).not.toThrow()
  })

  it('with more is refused in words that say how to go on', () => {
    expect(() => checkStackSize(stackOf(501), 37)).toThrow(
      'The routing table has 37 sites, and stack faxlane-data 501 resources for them: CloudFormation takes 500. Move sites to a second deployment',
    )
  })
})

/** Region, account and partition at their longest. */
const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-northeast-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
}

/** What CloudFormation makes of a value, as long as it will be. */
function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved)
  if (typeof value !== 'object' || value === null) return value
  const { Ref: reference, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] }
  if (reference !== undefined) return PSEUDO[reference] ?? reference
  if (join !== undefined) return join[1].map(resolved).join(join[0])
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner)]))
}

/** A site's name may have 31 characters. */
const longestSites = (count: number) =>
  Array.from({ length: count }, (_, index) => `site-${index}-`.padEnd(31, 'x'))

describe('a deployment with as many sites as fit, with names as long as they may be', () => {
  const { gateway, data } = templatesOf(gatewayApp({ table: { ...TABLE, sites: longestSites(34) } }))

  it('has functions whose environment Lambda takes: 4 KB', () => {
    const sizes = Object.values(gateway.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => JSON.stringify(resolved(Properties.Environment?.Variables ?? {})).length,
    )
    expect(sizes.length).toBeGreaterThan(10)
    expect(Math.max(...sizes)).toBeLessThan(4096)
  })

  it('has roles whose policies IAM takes: 10,240 characters for each', () => {
    const sizes = Object.values(gateway.findResources('AWS::IAM::Role')).map(({ Properties }) =>
      (Properties.Policies as { PolicyDocument: unknown }[])
        .map(({ PolicyDocument }) => JSON.stringify(resolved(PolicyDocument)).length)
        .reduce((one, other) => one + other, 0),
    )
    expect(Math.max(...sizes)).toBeLessThan(10_240)
  })

  it('has a sweep that knows every dead-letter queue', () => {
    const [sweep] = Object.values(
      gateway.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'faxlane-sweep' } }),
    )
    const { QUEUES = '' } = sweep?.Properties.Environment.Variables ?? {}
    const ofSites = siteQueues(deploymentNames('faxlane'), { ...TABLE, sites: longestSites(34) })
    const known = [...QUEUES.split(','), ...ofSites].map(deadLettersOf)
    const all = Object.values(data.findResources('AWS::SQS::Queue')).map(
      ({ Properties }) => Properties.QueueName,
    )
    expect(known.sort()).toEqual(all.filter((name) => name.endsWith('-dead')).sort())
  })
})
