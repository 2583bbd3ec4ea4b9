import { Aws, type Stack, Validations } from 'aws-cdk-lib'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import { deadLettersOf } from '../shared/deployment-names.ts'
import { PREFIXES } from '../shared/object-keys.ts'
import type { AgentKind } from '../shared/routing-table/deployed-table.ts'
import { identityArn, type Names, secretArn } from './names.ts'

/** Findings of cdk-nag's AwsSolutions rules that are meant to be so, each with its reason. */
export function acknowledgeDataFindings({
  bucket,
  secrets,
  isLogged,
}: {
  bucket: Bucket
  secrets: readonly CfnSecret[]
  isLogged: boolean
}): void {
  if (!isLogged) {
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'The ledger records every fax and every delivery. Who has to know who read an object names a bucket of his own for the logs ' +
        '(-c accessLogs=BUCKET), or turns on CloudTrail data events for the account.',
    })
  }
  for (const secret of secrets) {
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The password belongs to a foreign FTP server, which nothing here can give a new one.',
    })
  }
}

export function acknowledgeGatewayFindings(stack: Stack, names: Names, mailDomains: readonly string[]): void {
  for (const domain of mailDomains) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nagged(identityArn(`*@${domain}`))}]`,
      reason: 'A mail under way may have another sender at the domain than the routing table has by now.',
    })
  }
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${nagged(secretArn(`${names.deployment}/*`))}]`,
    reason: 'A delivery under way may need the password of a server that has left the routing table.',
  })
  for (const prefix of Object.values(PREFIXES)) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${nagged(names.bucket)}/${prefix}*]`,
      reason:
        'The keys of faxes to come are not known; their area of the bucket is the narrowest that can be named.',
    })
  }
  for (const prefix of [names.printPrefix, names.reportsPrefix, names.transmitPrefix]) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${deadLettersOf(`${prefix}*`)}]`,
      reason:
        'Counts what lies in the dead-letter queues of sites, of which there are more than a role can name.',
    })
  }
}

/** What the role of an agent is told of by cdk-nag. */
export const WILDCARD_OF_SITE: Record<
  AgentKind,
  (names: Names, site: string) => { id: string; reason: string }[]
> = {
  edge: (names, site) =>
    [PREFIXES.incoming, PREFIXES.transmit, PREFIXES.claims].map((prefix) =>
      keysOf(names, `${prefix}${site}/`),
    ),
  print: (names, site) => [keysOf(names, `${PREFIXES.print}${site}/`)],
}

function keysOf({ bucket }: Names, prefix: string) {
  return {
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${nagged(bucket)}/${prefix}*]`,
    reason:
      'The keys of faxes to come are not known; the prefix of the site is the narrowest that can be named.',
  }
}

/** Pseudo parameters as cdk-nag writes them. */
function nagged(name: string): string {
  return name
    .replaceAll(Aws.PARTITION, '<AWS::Partition>')
    .replaceAll(Aws.ACCOUNT_ID, '<AWS::AccountId>')
    .replaceAll(Aws.REGION, '<AWS::Region>')
}
