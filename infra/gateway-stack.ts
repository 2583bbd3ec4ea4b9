import { type App, CfnOutput, Stack } from 'aws-cdk-lib'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { alarmTopic } from './alarm-topic.ts'
import { alarms } from './alarms.ts'
import { apiFunction } from './api-function.ts'
import type { AssetFolders } from './bundles.ts'
import { dashboard } from './dashboard.ts'
import { deliverFunctions } from './deliveries.ts'
import { dispatchFunction } from './dispatch-function.ts'
import { downloadFunction } from './download-function.ts'
import { mailInFunction } from './mail-in.ts'
import { acknowledgeGatewayFindings } from './nag-exceptions.ts'
import type { Names } from './names.ts'
import { notifyFunction } from './notify-function.ts'
import { receiveFunction } from './receive-function.ts'
import { domainsOf, type IdentityMode, mailDomains, senders } from './sender-identities.ts'
import { settleFunction } from './settle-function.ts'
import { sweepFunction } from './sweep-function.ts'
import { transmissionFunctions } from './transmission-functions.ts'

export interface GatewayStackProps {
  names: Names
  table: DeployedTable
  identities: IdentityMode
  assetFolders: AssetFolders
}

/** What works and keeps nothing: can be deleted and deployed again. */
export class GatewayStack extends Stack {
  constructor(app: App, { names, table, identities, assetFolders }: GatewayStackProps) {
    super(app, `${names.deployment}-gateway`, { description: 'faxlane: functions and alarms' })
    const download = downloadFunction(this, names, assetFolders)
    const api = apiFunction(this, { names, table, assetFolders })
    const functions = [
      receiveFunction(this, { names, table, assetFolders }),
      ...deliverFunctions(this, { names, table, identities, assetFolders, linkUrl: download.url }),
      ...(table.notices === undefined
        ? []
        : [
            notifyFunction(this, {
              names,
              notices: table.notices,
              identities,
              assetFolders,
              linkUrl: download.url,
            }),
          ]),
      dispatchFunction(this, { names, table, assetFolders }),
      ...(mailDomains(table).length > 0 ? [mailInFunction(this, { names, table, assetFolders })] : []),
      ...transmissionFunctions(this, { names, table, identities, assetFolders }),
      settleFunction(this, { names, table, assetFolders }),
      sweepFunction(this, { names, table, assetFolders }),
      download.gatewayFunction,
      api.gatewayFunction,
    ]
    const topic = alarmTopic(this, names, table.notices?.alarms ?? [])
    alarms(this, { names, table, functions, topic })
    dashboard(this, { names, table })
    acknowledgeGatewayFindings(this, names, domainsOf(senders(table)))
    new CfnOutput(this, 'FaxesUrl', { value: `${api.url}faxes` })
    new CfnOutput(this, 'AlarmTopic', { value: topic.topicArn })
  }
}
