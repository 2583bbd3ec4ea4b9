import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { bucketNameOf, deploymentNames } from '../../shared/deployment-names.ts'
import { makeLedgerQueries } from '../../shared/ledger/queries.ts'
import { makeFiles } from './files.ts'
import { makeForgetting } from './forgetting.ts'
import { invokeFunction } from './functions.ts'
import type { Gateway } from './gateway.ts'
import { askLedger } from './ledger.ts'
import type { LocalGateway } from './local-gateway.ts'
import { putPassword } from './passwords.ts'
import { DeploymentMissing } from './problems.ts'
import { findQueue, makeQueues } from './queues.ts'
import { readBundledTable, readTableFile } from './table.ts'
import type { Target } from './target.ts'

/** What every client of the SDK is made with: nothing for a deployment, whose environment says it all. */
export interface ClientSettings {
  endpoint?: string
  region?: string
  credentials?: { accessKeyId: string; secretAccessKey: string }
}

export function connect(target: Target): Promise<Gateway> {
  // The SDK says at each start that from 2027 on it wants a later Node: no operator can do anything about that here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  return 'local' in target ? connectLocal(target.local, target.home) : connectDeployment(target.deployment)
}

async function connectLocal(local: LocalGateway, home: string): Promise<Gateway> {
  const { endpoint, dynamoDbEndpoint, region, credentials, deployment, bucket, routingTable } = local
  const settings = { endpoint, region, credentials }
  return {
    ...makeGateway({
      deployment,
      bucket,
      settings,
      ledgerSettings: { ...settings, endpoint: dynamoDbEndpoint },
      readTable: () => readTableFile(routingTable),
    }),
    title: `the gateway on this machine, state in ${home}`,
  }
}

/** A queue's URL holds the account, which the bucket's name needs; and a deployment without the queue is none. */
async function connectDeployment(named: string): Promise<Gateway> {
  const sqs = new SQSClient({})
  const region = await sqs.config.region()
  try {
    for (const deployment of deploymentsOf(named)) {
      const url = await findQueue(sqs, deploymentNames(deployment).arrivals)
      if (url !== undefined) return makeDeployed({ deployment, region, queueUrl: url })
    }
    throw new DeploymentMissing(named, region)
  } finally {
    sqs.destroy()
  }
}

/** Its name, or that of one of its two stacks, NAME-data and NAME-gateway. */
function deploymentsOf(named: string): string[] {
  return [...new Set([named, named.replace(/-(data|gateway)$/, '')])]
}

function makeDeployed(place: { deployment: string; region: string; queueUrl: string }): Gateway {
  const { deployment, region, queueUrl } = place
  const account = new URL(queueUrl).pathname.split('/')[1] ?? ''
  return {
    ...makeGateway({
      deployment,
      bucket: bucketNameOf(deployment, { account, region }),
      settings: {},
      ledgerSettings: {},
      readTable: () => readBundledTable(deploymentNames(deployment).function('receive')),
    }),
    title: `the deployment ${deployment} in ${region}, account ${account}`,
  }
}

interface Place {
  deployment: string
  bucket: string
  settings: ClientSettings
  ledgerSettings: ClientSettings
  readTable: Gateway['readTable']
}

function makeGateway({
  deployment,
  bucket,
  settings,
  ledgerSettings,
  readTable,
}: Place): Omit<Gateway, 'title'> {
  const names = deploymentNames(deployment)
  // On this machine a bucket has no host name of its own.
  const s3 = new S3Client({ ...settings, forcePathStyle: settings.endpoint !== undefined })
  const sqs = new SQSClient(settings)
  const dynamoDb = new DynamoDBClient(ledgerSettings)
  const ask = askLedger(dynamoDb, names.ledger)
  return {
    names,
    ledger: makeLedgerQueries(ask),
    askLedger: ask,
    queues: makeQueues(sqs, deployment),
    files: makeFiles(s3, bucket),
    forgetting: makeForgetting({ s3, dynamoDb, bucket, table: names.ledger }),
    readTable,
    invoke: (functionName, event) => invokeFunction(settings, functionName, event),
    putPassword: (secret, password) => putPassword(settings, secret, password),
    close() {
      for (const client of [s3, sqs, dynamoDb]) client.destroy()
    },
  }
}
