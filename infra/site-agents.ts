import { CfnOutput, Fn, Validations } from 'aws-cdk-lib'
import { CfnRole, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnProfile, CfnTrustAnchor } from 'aws-cdk-lib/aws-rolesanywhere'
import { Construct } from 'constructs'
import { type AgentKind, agentsOf, type DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { WILDCARD_OF_SITE } from './nag-exceptions.ts'
import type { Names } from './names.ts'
import * as may from './permissions.ts'

/** What the helper on site asks for by default, and the longest that a role gives by default. */
const SESSION_SECONDS = 3600

/**
 * What the agents of the sites with a certificate authority get their credentials by, and what they may do. Among what is kept:
 * the ARNs stand in the configuration of machines on site.
 */
export function siteAgents(scope: Construct, names: Names, table: DeployedTable): void {
  for (const site of table.sites) {
    const caCertificate = table.siteDetails?.[site]?.caCertificate
    if (caCertificate !== undefined) siteCredentials(scope, names, { site, table, caCertificate })
  }
}

/** The subject's common name by which an agent's certificate is told from any other of the same authority. */
export function certificateName({ deployment }: Names, agent: AgentKind, site: string): string {
  return `${deployment}-${agent}-${site}`
}

function siteCredentials(
  parent: Construct,
  names: Names,
  { site, table, caCertificate }: { site: string; table: DeployedTable; caCertificate: string },
): void {
  const scope = new Construct(parent, `Site-${site}`)
  const anchor = new CfnTrustAnchor(scope, 'Authority', {
    name: `${names.deployment}-${site}`,
    enabled: true,
    source: {
      sourceType: 'CERTIFICATE_BUNDLE',
      sourceData: { x509CertificateData: caCertificate },
    },
  })
  const roles = agentsOf(table, site).map((agent) => ({
    agent,
    role: agentRole(scope, names, { agent, site, anchor }),
  }))
  const profile = new CfnProfile(scope, 'Profile', {
    name: `${names.deployment}-${site}`,
    enabled: true,
    roleArns: roles.map(({ role }) => role.attrArn),
    durationSeconds: SESSION_SECONDS,
  })
  for (const { agent, role } of roles) {
    new CfnOutput(scope, `Credentials-${agent}`, {
      description: `Site ${site}, ${agent} agent: for aws_signing_helper credential-process, with a certificate of CN ${certificateName(names, agent, site)}`,
      value: Fn.join(' ', [
        '--trust-anchor-arn',
        anchor.attrTrustAnchorArn,
        '--profile-arn',
        profile.attrProfileArn,
        '--role-arn',
        role.attrArn,
      ]),
    })
  }
}

interface AgentOfSite {
  agent: AgentKind
  site: string
  anchor: CfnTrustAnchor
}

/** A role for each agent: the machine beside the printers has no business with what was received, nor the PBX with what is printed. */
function agentRole(scope: Construct, names: Names, { agent, site, anchor }: AgentOfSite): CfnRole {
  const role = new CfnRole(scope, `Role-${agent}`, {
    description: `What the ${agent} agent of ${names.deployment} at ${site} may do`,
    assumeRolePolicyDocument: new PolicyDocument({
      statements: [trust(certificateName(names, agent, site), anchor)],
    }),
    policies: [
      {
        policyName: 'Needs',
        policyDocument: new PolicyDocument({
          statements: [...PERMISSIONS[agent](names, site), ...may.useKey(names)],
        }),
      },
    ],
  })
  Validations.of(role).acknowledge(...WILDCARD_OF_SITE[agent](names, site))
  return role
}

const PERMISSIONS: Record<AgentKind, (names: Names, site: string) => PolicyStatement[]> = {
  edge: (names, site) => [
    may.writeNewFaxesOf(names, site),
    may.claimTransmissionsOf(names, site),
    // What lies under the fax's own name is compared when the answer to an upload was lost; so is a claim.
    may.readFaxesOf(names, ['incoming', 'transmit', 'claims'], site),
    may.listFaxesOf(names, 'transmit', site),
    may.takeJobs(names.transmit(site)),
    may.sendMessages([names.reports(site)]),
    may.findQueues([names.transmit(site), names.reports(site)]),
  ],
  print: (names, site) => [
    may.takeJobs(names.print(site)),
    may.readFaxesOf(names, ['print'], site),
    may.listFaxesOf(names, 'print', site),
    may.sendMessages([names.reports(site)]),
    may.findQueues([names.print(site), names.reports(site)]),
  ],
}

/** Certificates of this authority, with this name, and by way of no other service. */
function trust(commonName: string, anchor: CfnTrustAnchor): PolicyStatement {
  return new PolicyStatement({
    sid: 'CertificateOfAgent',
    principals: [new ServicePrincipal('rolesanywhere.amazonaws.com')],
    actions: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    conditions: {
      ArnEquals: { 'aws:SourceArn': anchor.attrTrustAnchorArn },
      StringEquals: { 'aws:PrincipalTag/x509Subject/CN': commonName },
    },
  })
}
