import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { givesUp, makesDeliveries, writesLedger } from './environments.ts'
import { DISPATCH } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import type { Names } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'

interface DispatchProps {
  names: Names
  table: DeployedTable
  assetFolders: AssetFolders
}

/** Makes deliveries besides those of receptions: fallbacks, and what is tried again. */
export function dispatchFunction(
  scope: Construct,
  { names, table, assetFolders }: DispatchProps,
): GatewayFunction {
  const ledger = writesLedger(names, table)
  const deliveries = makesDeliveries(names, table)
  const givesUpTo = givesUp(names, table)
  const dispatch = new GatewayFunction(scope, 'Dispatch', {
    names,
    functionName: 'dispatch',
    description: 'Makes deliveries of fallbacks, and of what is tried again',
    assetFolder: assetFolders.dispatch,
    size: DISPATCH,
    environment: {
      FAXES_BUCKET: names.bucket,
      ...ledger.environment,
      ...deliveries.environment,
      ...givesUpTo.environment,
    },
    permissions: [
      may.takeMessages(names.dispatch),
      may.readFaxes(names, ['pdf', 'incoming']),
      may.tellMissingFaxes(names),
      may.writeFaxes(names, ['print']),
      may.queryLedger(names),
      ...ledger.permissions,
      may.sendMessages([...deliveries.queues, ...givesUpTo.queues]),
      ...deliveries.permissions,
    ],
  })
  feedFrom(names.dispatch, dispatch, DISPATCH)
  return dispatch
}
