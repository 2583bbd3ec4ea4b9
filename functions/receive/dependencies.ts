import { readFileSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { convertTiffToPdf } from '../../shared/conversion/convert.ts'
import type { DeliveryMessage } from '../../shared/messages.ts'
import { type DeployedTable, deployedTableSchema } from '../../shared/routing-table/deployed-table.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeCount } from '../metrics.ts'
import { makeQueueUrlLookup, sendDelivery, sendMessage } from '../queues/send.ts'
import { putFile, readStored } from '../storage/faxes-bucket.ts'
import type { Environment } from './environment.ts'
import type { ReceiveDependencies } from './receive.ts'

export function makeDependencies(environment: Environment): ReceiveDependencies {
  const { FAXES_BUCKET, LEDGER_TABLE, METRICS_NAMESPACE, PRINT_QUEUE_PREFIX } = environment
  const s3 = new S3Client({})
  const sqs = new SQSClient({})
  const printQueueUrl = makeQueueUrlLookup(sqs)
  const now = () => new Date()
  return {
    ledger: makeDynamoLedger(new DynamoDBClient({}), LEDGER_TABLE),
    readTiff: (wanted) => readStored(s3, FAXES_BUCKET, wanted),
    putFile: (file) => putFile(s3, FAXES_BUCKET, file),
    convert: convertTiffToPdf,
    router: makeRouter(readTable()),
    enqueueDelivery: (message) => sendDelivery(sqs, queueUrlOf(environment, message), message),
    enqueuePrintJob: async (site, job) =>
      sendMessage(sqs, await printQueueUrl(`${PRINT_QUEUE_PREFIX}${site}`), job),
    count: makeCount(METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
    now,
  }
}

/** The checked table lies beside the bundle, put there by the deployment. */
function readTable(): DeployedTable {
  const file = new URL('routing-table.json', import.meta.url)
  return deployedTableSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

function queueUrlOf(environment: Environment, { backend }: DeliveryMessage): string {
  switch (backend.kind) {
    case 'mail':
      return environment.MAIL_QUEUE_URL
    case 'ftp':
      return environment.FTP_QUEUE_URL
    case 'log':
      return environment.LOG_QUEUE_URL
    case 'printer':
      throw new Error(`${backend.name} is a printer: its jobs go to the print queue of its site.`)
  }
}
