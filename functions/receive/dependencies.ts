import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { makeDeliveryQueues } from '../dispatch/delivery-queues.ts'
import { makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeCount } from '../metrics.ts'
import { makeTell } from '../notify/tell.ts'
import { readDeployedTable } from '../routing-table-file.ts'
import { putFile, readStored } from '../storage/faxes-bucket.ts'
import type { Environment } from './environment.ts'
import type { ReceiveDependencies } from './receive.ts'

export function makeDependencies(environment: Environment): ReceiveDependencies {
  const { FAXES_BUCKET, METRICS_NAMESPACE } = environment
  const s3 = new S3Client({})
  const sqs = new SQSClient({})
  const now = () => new Date()
  return {
    ledger: makeDynamoLedger(new DynamoDBClient({}), environment),
    readTiff: (wanted) => readStored(s3, FAXES_BUCKET, wanted),
    putFile: (file) => putFile(s3, FAXES_BUCKET, file),
    convert: convertTiffToPdf,
    router: makeRouter(readDeployedTable()),
    ...makeDeliveryQueues(sqs, environment),
    tell: makeTell(sqs, environment),
    count: makeCount(METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
    now,
  }
}
