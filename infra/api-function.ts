import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { writesLedger } from './environments.ts'
import { API } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import { type Names, queueUrl } from './names.ts'
import * as may from './permissions.ts'

interface ApiProps {
  names: Names
  table: DeployedTable
  assetFolders: AssetFolders
}

export interface Api {
  gatewayFunction: GatewayFunction
  /** Ends in a slash. */
  url: string
}

/** Takes faxes over HTTP and says how they go on. IAM lets in whom a policy of the account allows lambda:InvokeFunctionUrl on it. */
export function apiFunction(scope: Construct, { names, table, assetFolders }: ApiProps): Api {
  const ledger = writesLedger(names, table)
  const gatewayFunction = new GatewayFunction(scope, 'Api', {
    names,
    functionName: 'api',
    description: 'Takes faxes to be sent over HTTP and says how they go on',
    assetFolder: assetFolders.api,
    size: API,
    environment: {
      FAXES_BUCKET: names.bucket,
      SENDER_NOTICES_QUEUE_URL: queueUrl(names.senderNotices),
      ...ledger.environment,
    },
    permissions: [
      may.writeNewFaxes(names, ['outgoing', 'claims']),
      may.readFaxes(names, ['claims']),
      ...ledger.permissions,
      may.queryLedgerIndexes(names),
      may.sendMessages([names.senderNotices]),
    ],
  })
  const { url } = gatewayFunction.lambda.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM })
  return { gatewayFunction, url }
}
