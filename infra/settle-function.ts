import type { Construct } from 'constructs'
import type { AssetFolders } from './bundles.ts'
import { SETTLE } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import type { Names } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'
import { followUps } from './transmission-functions.ts'

/** Writes what the agents on site report into the ledger. */
export function settleFunction(scope: Construct, names: Names, assetFolders: AssetFolders): GatewayFunction {
  const followUp = followUps(names)
  const settle = new GatewayFunction(scope, 'Settle', {
    names,
    functionName: 'settle',
    description: 'Records what the agents on site report',
    assetFolder: assetFolders.settle,
    size: SETTLE,
    environment: followUp.environment,
    permissions: [may.takeMessages(names.reports), may.useLedger(names), may.sendMessages(followUp.queues)],
  })
  feedFrom(names.reports, settle, SETTLE)
  return settle
}
