import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { AssetFolders } from './bundles.ts'
import { DOWNLOAD } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import type { Names } from './names.ts'
import * as may from './permissions.ts'

export interface Download {
  gatewayFunction: GatewayFunction
  /** Ends in a slash. */
  url: string
}

/**
 * Answers the links of mails whose fax was too large to attach. Open to everybody: the link's token is the key, since who clicks on
 * it has no AWS credentials. No concurrency is reserved: a new account has ten in all and could not spare any; a flood of
 * requests delays receptions, which wait in their queue, and loses none.
 */
export function downloadFunction(scope: Construct, names: Names, assetFolders: AssetFolders): Download {
  const gatewayFunction = new GatewayFunction(scope, 'Download', {
    names,
    functionName: 'download',
    description: 'Leads from the link in a mail to the fax',
    assetFolder: assetFolders.download,
    size: DOWNLOAD,
    environment: { FAXES_BUCKET: names.bucket },
    permissions: [may.readLedger(names), may.readFaxes(names, ['pdf', 'incoming'])],
  })
  const { url } = gatewayFunction.lambda.addFunctionUrl({ authType: FunctionUrlAuthType.NONE })
  return { gatewayFunction, url }
}
