import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { BACKENDS, type FunctionKind } from '../functions/backends/list.ts'
import type { FunctionNeeds } from '../functions/backends/needs.ts'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { givesUp, writesLedger } from './environments.ts'
import { faxLogArns } from './fax-logs.ts'
import { passwordSecretArns } from './ftp-secrets.ts'
import { GatewayFunction } from './gateway-function.ts'
import { configurationSetArn, FAX_LOG_STREAM, type Names, queueUrl } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'
import { deliverId, FUNCTION_KINDS } from './queue-plans.ts'
import { domainsOf, faxSenders, type IdentityMode, senderIdentityArns } from './sender-identities.ts'

export interface DeliveriesProps {
  names: Names
  table: DeployedTable
  identities: IdentityMode
  assetFolders: AssetFolders
  /** Where `download` answers. */
  linkUrl: string
}

/** A function for each kind of backend that is delivered by one, made of what the kind needs. */
export function deliverFunctions(scope: Construct, props: DeliveriesProps): GatewayFunction[] {
  return FUNCTION_KINDS.map((kind) => deliverFunction(scope, kind, props))
}

function deliverFunction(scope: Construct, kind: FunctionKind, props: DeliveriesProps): GatewayFunction {
  const { names, table, assetFolders } = props
  const ledger = writesLedger(names, table)
  const giveUp = givesUp(names, table)
  const needs: FunctionNeeds = BACKENDS[kind]
  const queue = names.deliveries(kind)
  const gatewayFunction = new GatewayFunction(scope, deliverId(kind), {
    names,
    functionName: `deliver-${kind}`,
    description: `Delivers faxes to backends of kind ${kind}`,
    assetFolder: assetFolders[`deliver-${kind}`],
    size: needs,
    // A retry goes back to the function's own queue, and the schedule of retries ends.
    sendsToItself: true,
    environment: {
      QUEUE_URL: queueUrl(queue),
      ...ledger.environment,
      ...giveUp.environment,
      ...environmentOf(needs, props),
    },
    permissions: [
      may.takeMessages(queue),
      may.sendMessages([queue, ...giveUp.queues]),
      ...ledger.permissions,
      ...permissionsOf(needs, props),
    ],
  })
  feedFrom(queue, gatewayFunction, needs)
  return gatewayFunction
}

function environmentOf(needs: FunctionNeeds, { names, linkUrl }: DeliveriesProps): Record<string, string> {
  return {
    ...(needs.readsFaxes.length > 0 && { FAXES_BUCKET: names.bucket }),
    ...(needs.sendsMail && { LINK_URL: linkUrl, MAIL_CONFIGURATION_SET: names.configurationSet }),
    ...(needs.writesFaxLog && { FAX_LOG_GROUP_PREFIX: names.faxLogPrefix, FAX_LOG_STREAM }),
  }
}

/** A need of which the table has no instance (no FTP backend, say) grants nothing. */
function permissionsOf(
  needs: FunctionNeeds,
  { names, table, identities }: DeliveriesProps,
): PolicyStatement[] {
  const secrets = needs.readsSecrets ? passwordSecretArns(names, table) : []
  const from = needs.sendsMail ? faxSenders(table) : []
  const faxLogs = needs.writesFaxLog ? faxLogArns(names, table) : []
  return [
    ...(needs.readsFaxes.length > 0
      ? [may.readFaxes(names, needs.readsFaxes), may.tellMissingFaxes(names)]
      : []),
    ...(secrets.length > 0 ? [may.readSecrets(secrets)] : []),
    ...(from.length > 0
      ? [
          may.sendMail(
            [...senderIdentityArns(from, identities), configurationSetArn(names.configurationSet)],
            domainsOf(from),
          ),
        ]
      : []),
    ...(faxLogs.length > 0 ? [may.writeFaxLogs(faxLogs)] : []),
  ]
}
