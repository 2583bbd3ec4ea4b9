import { RemovalPolicy } from 'aws-cdk-lib'
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { identityArn } from './names.ts'

/** `create` makes an SES identity for each domain that mails are sent from; `existing` takes those that the account has. */
export type IdentityMode = 'create' | 'existing'

/** The addresses that mails are sent from, each once. */
export function senders({ backends }: DeployedTable): string[] {
  const addresses = backends.flatMap((backend) => (backend.kind === 'mail' ? [backend.from.address] : []))
  return [...new Set(addresses)].sort()
}

function domains(table: DeployedTable): string[] {
  const all = senders(table).map((address) => address.slice(address.lastIndexOf('@') + 1).toLowerCase())
  return [...new Set(all)].sort()
}

/** As IAM names them. An account may have verified single addresses and not their domain. */
export function senderIdentityArns(table: DeployedTable, mode: IdentityMode): string[] {
  const identities = mode === 'existing' ? [...domains(table), ...senders(table)] : domains(table)
  return identities.map(identityArn)
}

export function senderIdentities(scope: Construct, table: DeployedTable): void {
  for (const domain of domains(table)) {
    const identity = new EmailIdentity(scope, `Sender-${domain}`, { identity: Identity.domain(domain) })
    // To verify the domain anew takes DNS records and days.
    identity.applyRemovalPolicy(RemovalPolicy.RETAIN)
  }
}
