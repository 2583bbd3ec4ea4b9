import { domainToASCII } from 'node:url'
import { RemovalPolicy } from 'aws-cdk-lib'
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { identityArn } from './names.ts'

/** `create` makes an SES identity for each domain that mails are sent from; `existing` takes those that the account has. */
export type IdentityMode = 'create' | 'existing'

/** The addresses that faxes are mailed from, each once. */
export function faxSenders({ backends }: DeployedTable): string[] {
  const addresses = backends.flatMap((backend) => (backend.kind === 'mail' ? [backend.from.address] : []))
  return [...new Set(addresses)].sort()
}

/** Whether any mail with a fax can go out, and come back. */
export function sendsMail(table: DeployedTable): boolean {
  return faxSenders(table).length > 0
}

/** The addresses that those who send faxes are told from, each once. */
export function noticeSenders({ outbound = [] }: DeployedTable): string[] {
  return [...new Set(outbound.map(({ noticesFrom }) => noticesFrom))].sort()
}

/** The domains at which NUMBER@domain is a fax, each once. */
export function mailDomains({ outbound = [] }: DeployedTable): string[] {
  return [...new Set(outbound.flatMap(({ mailDomain }) => mailDomain ?? []))].sort()
}

/** The addresses that mails are sent from, those to senders and to operators as well. */
export function senders(table: DeployedTable): string[] {
  const { notices } = table
  const operators = notices === undefined ? [] : [notices.from.address]
  return [...new Set([...faxSenders(table), ...noticeSenders(table), ...operators])].sort()
}

/** As IAM names them. An account may have verified single addresses and not their domain. */
export function senderIdentityArns(addresses: readonly string[], mode: IdentityMode): string[] {
  const domains = domainsOf(addresses)
  const identities = mode === 'existing' ? [...domains, ...domains.map((domain) => `*@${domain}`)] : domains
  return identities.map(identityArn)
}

/** As SES has them, whatever the table's spelling (RFC 5890). */
export function domainsOf(addresses: readonly string[]): string[] {
  const all = addresses.map((address) => address.slice(address.lastIndexOf('@') + 1).toLowerCase())
  return [...new Set(all.map((domain) => domainToASCII(domain) || domain))].sort()
}

export function senderIdentities(scope: Construct, table: DeployedTable): void {
  for (const domain of [...new Set([...domainsOf(senders(table)), ...mailDomains(table)])].sort()) {
    const identity = new EmailIdentity(scope, `Sender-${domain}`, { identity: Identity.domain(domain) })
    // To verify the domain anew takes DNS records and days.
    identity.applyRemovalPolicy(RemovalPolicy.RETAIN)
  }
}
