import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { makesDeliveries, tells, writesLedger } from './environments.ts'
import { RECEIVE } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import type { Names } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'

interface ReceiveProps {
  names: Names
  table: DeployedTable
  assetFolders: AssetFolders
}

/** Converts and routes what arrived. */
export function receiveFunction(
  scope: Construct,
  { names, table, assetFolders }: ReceiveProps,
): GatewayFunction {
  const ledger = writesLedger(names, table)
  const deliveries = makesDeliveries(names, table)
  const notices = tells(names, table)
  const receive = new GatewayFunction(scope, 'Receive', {
    names,
    functionName: 'receive',
    description: 'Converts a fax that arrived and routes it to its backends',
    assetFolder: assetFolders.receive,
    size: RECEIVE,
    environment: {
      FAXES_BUCKET: names.bucket,
      ...ledger.environment,
      ...deliveries.environment,
      ...notices.environment,
    },
    permissions: [
      may.takeMessages(names.arrivals),
      may.readFaxes(names, ['incoming']),
      may.tellMissingFaxes(names),
      may.writeFaxes(names, ['pdf', 'print']),
      ...ledger.permissions,
      may.sendMessages([...deliveries.queues, ...notices.queues]),
      ...deliveries.permissions,
    ],
  })
  feedFrom(names.arrivals, receive, RECEIVE)
  return receive
}
