import { App, Validations } from 'aws-cdk-lib'
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' }
import { AwsSolutionsChecks } from 'cdk-nag'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { DataStack } from './data-stack.ts'
import { GatewayStack } from './gateway-stack.ts'
import { namesOf } from './names.ts'
import type { IdentityMode } from './sender-identities.ts'
import { checkStackSize } from './stack-limit.ts'

/**
 * The CDK app before it has stacks. What it is to do is set here and not in cdk.json, which only the CDK's command reads: a synthesis with it
 * and one without it come out the same.
 */
export function makeApp(outputFolder?: string): App {
  const app = new App({
    ...(outputFolder === undefined ? {} : { outdir: outputFolder }),
    autoSynth: false,
    analyticsReporting: false,
    // The flags that a new project gets with this very version of the library. Among them: what CDK's own template validation finds is an error.
    postCliContext: {
      ...recommendedFlags,
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:enable-asset-metadata': true,
    },
  })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}

export interface GatewaySettings {
  /** Name of the deployment: an account can hold several. */
  name: string
  table: DeployedTable
  identities: IdentityMode
  /** ARN of a key of KMS's for what is kept. */
  encryptionKey?: string | undefined
  /** Name of the bucket for S3's access logs. */
  accessLogBucket?: string | undefined
  assetFolders: AssetFolders
}

/** One gateway: a stack that keeps what must not be lost, and one that can be thrown away. */
export function addGateway(app: App, { name, encryptionKey, ...settings }: GatewaySettings): void {
  const names = namesOf(name, encryptionKey)
  const data = new DataStack(app, { names, ...settings })
  const gateway = new GatewayStack(app, { names, ...settings })
  for (const stack of [data, gateway]) checkStackSize(stack, settings.table.sites.length)
  gateway.addStackDependency(
    data,
    'The gateway knows queues, bucket and table by name, and event sources want them there',
  )
}
