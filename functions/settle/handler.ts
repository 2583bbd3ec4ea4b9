import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import { agentMessageSchema } from '../../shared/messages.ts'
import { readEnvironment } from '../environment.ts'
import { makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeCount, makeCountHeartbeat } from '../metrics.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { settleMessage } from './settle.ts'

const environment = readEnvironment(z.object({ LEDGER_TABLE: z.string(), METRICS_NAMESPACE: z.string() }))

const write = (line: string) => process.stdout.write(line)
const now = () => new Date()

const dependencies = {
  ledger: makeDynamoLedger(new DynamoDBClient({}), environment.LEDGER_TABLE),
  count: makeCount(environment.METRICS_NAMESPACE, write, now),
  countHeartbeat: makeCountHeartbeat(environment.METRICS_NAMESPACE, write, now),
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body }) => {
    const record = await settleMessage(dependencies, agentMessageSchema.parse(JSON.parse(body)))
    if (record === undefined) return
    console.info({ event: 'report', faxId: record.faxId, backend: record.backend, state: record.state })
  })
}
