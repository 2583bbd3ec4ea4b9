import { type App, CfnOutput, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { transmitSites } from '../shared/site-queues.ts'
import { faxLogs } from './fax-logs.ts'
import { faxesBucket } from './faxes-bucket.ts'
import { ftpSecrets } from './ftp-secrets.ts'
import { ledgerTable } from './ledger-table.ts'
import { mailEvents } from './mail-events.ts'
import { mailReception } from './mail-in.ts'
import { acknowledgeDataFindings } from './nag-exceptions.ts'
import type { Names } from './names.ts'
import { planArrivals, planMailEvents, planMailIn, planSubmissions, planWorkQueues } from './queue-plans.ts'
import { queueWithDeadLetters } from './queue-with-dead-letters.ts'
import { type IdentityMode, mailDomains, senderIdentities, sendsMail } from './sender-identities.ts'
import { siteAgents } from './site-agents.ts'

export interface DataStackProps {
  names: Names
  table: DeployedTable
  identities: IdentityMode
  accessLogBucket?: string | undefined
}

/** What keeps something. Faxes, ledger, secrets and fax logs stay even when the stack goes. */
export class DataStack extends Stack {
  constructor(app: App, { names, table, identities, accessLogBucket }: DataStackProps) {
    super(app, `${names.deployment}-data`, {
      description: 'faxlane: faxes, ledger and queues',
      terminationProtection: true,
    })
    const bucket = faxesBucket(this, {
      names,
      table,
      accessLogBucket,
      announcements: {
        incoming: queueWithDeadLetters(this, planArrivals(names)),
        outgoing: queueWithDeadLetters(this, planSubmissions(names)),
      },
    })
    if (sendsMail(table)) mailEvents(this, names, queueWithDeadLetters(this, planMailEvents(names)))
    const domains = mailDomains(table)
    if (domains.length > 0) {
      mailReception(this, { names, domains, bucket, queue: queueWithDeadLetters(this, planMailIn(names)) })
    }
    for (const plan of planWorkQueues(names, table)) queueWithDeadLetters(this, plan)
    ledgerTable(this, names)
    const secrets = ftpSecrets(this, names, table)
    faxLogs(this, names, table)
    if (identities === 'create') senderIdentities(this, table)
    siteAgents(this, names, table)
    acknowledgeDataFindings({ bucket, secrets, isLogged: accessLogBucket !== undefined })
    new CfnOutput(this, 'FaxesBucket', { value: bucket.bucketName })
    nameQueues(this, 'PrintQueues', table.sites.map(names.print))
    nameQueues(this, 'TransmitQueues', transmitSites(table).map(names.transmit))
  }
}

/** CloudFormation takes no output without a value. */
function nameQueues(scope: Construct, output: string, queues: readonly string[]): void {
  if (queues.length > 0) new CfnOutput(scope, output, { value: queues.join(',') })
}
