import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { Construct } from 'constructs'
import { deadLettersOf } from '../shared/deployment-names.ts'
import { type DeployedTable, retentionOf } from '../shared/routing-table/deployed-table.ts'
import { siteQueues } from '../shared/site-queues.ts'
import type { AssetFolders } from './bundles.ts'
import { SWEEP } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import { type Names, queueUrl } from './names.ts'
import * as may from './permissions.ts'
import { planQueues } from './queue-plans.ts'

interface SweepProps {
  names: Names
  table: DeployedTable
  assetFolders: AssetFolders
}

/** Compares what arrived with what is on record: every night, and when it is invoked. */
export function sweepFunction(scope: Construct, { names, table, assetFolders }: SweepProps): GatewayFunction {
  const ofSites = new Set(siteQueues(names, table))
  const queues = planQueues(names, table).flatMap(({ name }) => (ofSites.has(name) ? [] : [name]))
  // A statement for each queue of dozens of sites is more than a role takes (10,240 characters).
  const { printPrefix, reportsPrefix, transmitPrefix } = names
  const ofAnySite = [printPrefix, reportsPrefix, transmitPrefix].map((prefix) => `${prefix}*`)
  const sweep = new GatewayFunction(scope, 'Sweep', {
    names,
    functionName: 'sweep',
    description: 'Compares what arrived with what is on record',
    assetFolder: assetFolders.sweep,
    size: SWEEP,
    environment: {
      FAXES_BUCKET: names.bucket,
      LEDGER_DAYS: String(retentionOf(table).ledgerDays),
      FAXES_DAYS: String(retentionOf(table).faxesDays),
      ARRIVALS_QUEUE_URL: queueUrl(names.arrivals),
      DISPATCH_QUEUE_URL: queueUrl(names.dispatch),
      SCHEDULE_QUEUE_URL: queueUrl(names.schedule),
      SUBMISSIONS_QUEUE: names.submissions,
      QUEUES: queues.join(','),
    },
    permissions: [
      may.listAreas(names, ['incoming', 'outgoing']),
      may.queryLedgerIndexes(names),
      may.sendMessages([names.arrivals, names.dispatch, names.schedule, names.submissions]),
      may.countMessages([names.submissions, ...[...queues, ...ofAnySite].map(deadLettersOf)]),
    ],
  })
  new Rule(scope, 'Nightly', {
    description: 'Compares what arrived with what is on record',
    schedule: Schedule.cron({ hour: '3', minute: '17' }),
    targets: [new LambdaFunction(sweep.lambda)],
  })
  return sweep
}
