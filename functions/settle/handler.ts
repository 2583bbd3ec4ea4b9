import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import { reportSchema } from '../../shared/messages.ts'
import { readEnvironment } from '../environment.ts'
import { makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeCount } from '../metrics.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { settleReport } from './settle.ts'

const environment = readEnvironment(z.object({ LEDGER_TABLE: z.string(), METRICS_NAMESPACE: z.string() }))

const dependencies = {
  ledger: makeDynamoLedger(new DynamoDBClient({}), environment.LEDGER_TABLE),
  count: makeCount(
    environment.METRICS_NAMESPACE,
    (line) => process.stdout.write(line),
    () => new Date(),
  ),
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body }) => {
    const record = await settleReport(dependencies, reportSchema.parse(JSON.parse(body)))
    console.info({ event: 'report', faxId: record.faxId, backend: record.backend, state: record.state })
  })
}
