import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { RECEIVE } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import { type Names, queueUrl } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'
import { FUNCTION_KINDS } from './queue-plans.ts'

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
  const deliveryQueues = FUNCTION_KINDS.map(names.deliveries)
  const printQueues = table.sites.map(names.print)
  const receive = new GatewayFunction(scope, 'Receive', {
    names,
    functionName: 'receive',
    description: 'Converts a fax that arrived and routes it to its backends',
    assetFolder: assetFolders.receive,
    size: RECEIVE,
    environment: {
      FAXES_BUCKET: names.bucket,
      ...Object.fromEntries(
        FUNCTION_KINDS.map((kind) => [`${kind.toUpperCase()}_QUEUE_URL`, queueUrl(names.deliveries(kind))]),
      ),
      PRINT_QUEUE_PREFIX: names.printPrefix,
    },
    permissions: [
      may.takeMessages(names.arrivals),
      may.readFaxes(names, ['incoming']),
      may.tellMissingFaxes(names),
      may.writeFaxes(names, ['pdf', 'print']),
      may.useLedger(names),
      may.sendMessages([...deliveryQueues, ...printQueues]),
      ...(printQueues.length > 0 ? [may.findQueues(printQueues)] : []),
    ],
  })
  feedFrom(names.arrivals, receive, RECEIVE)
  return receive
}
