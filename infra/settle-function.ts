import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { givesUp, writesLedger } from './environments.ts'
import { SETTLE } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import { type Names, queueArn } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'
import { sendsMail } from './sender-identities.ts'
import { followUps } from './transmission-functions.ts'

interface SettleProps {
  names: Names
  table: DeployedTable
  assetFolders: AssetFolders
}

/** Writes what the agents on site report, and what SES tells of mails that came back, into the ledger. */
export function settleFunction(
  scope: Construct,
  { names, table, assetFolders }: SettleProps,
): GatewayFunction {
  const ledger = writesLedger(names, table)
  const giveUp = givesUp(names, table)
  const transmissions = followUps(names)
  const sources = [...table.sites.map(names.reports), ...(sendsMail(table) ? [names.mailEvents] : [])]
  const settle = new GatewayFunction(scope, 'Settle', {
    names,
    functionName: 'settle',
    description: 'Records what the agents on site report, and which mails came back',
    assetFolder: assetFolders.settle,
    size: SETTLE,
    environment: {
      MAIL_EVENTS_QUEUE_ARN: queueArn(names.mailEvents),
      REPORTS_QUEUE_ARN_PREFIX: queueArn(names.reportsPrefix),
      ...ledger.environment,
      ...giveUp.environment,
      ...transmissions.environment,
    },
    permissions: [
      ...(sources.length > 0 ? [may.takeMessages(...sources)] : []),
      ...ledger.permissions,
      may.sendMessages([...giveUp.queues, ...transmissions.queues]),
    ],
  })
  for (const site of table.sites) feedFrom(names.reports(site), settle, SETTLE, `Feed-${site}`)
  if (sendsMail(table)) feedFrom(names.mailEvents, settle, SETTLE, 'MailFeed')
  return settle
}
