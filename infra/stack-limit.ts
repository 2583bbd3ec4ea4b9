import { CfnResource, type Stack } from 'aws-cdk-lib'
import { ConfigurationError } from './configuration-error.ts'

/** "Number of resources that you can declare in a template", AWS CloudFormation quotas. */
const MOST_RESOURCES = 500

/** Throws a ConfigurationError that says how many sites fit, where CloudFormation would say that a stack is too large. */
export function checkStackSize(stack: Stack, sites: number): void {
  const resources = stack.node.findAll().filter(CfnResource.isCfnResource).length
  if (resources <= MOST_RESOURCES) return
  throw new ConfigurationError(
    `The routing table has ${sites} sites, and stack ${stack.stackName} ${resources} resources for them: CloudFormation takes ${MOST_RESOURCES}. ` +
      'Move sites to a second deployment with a routing table of its own: npx cdk deploy --all -c config=FILE -c name=NAME (docs/scale.md).',
  )
}
