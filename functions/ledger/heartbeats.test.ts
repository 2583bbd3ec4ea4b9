import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type HeartbeatRecord, readHeartbeats } from '../../shared/ledger/heartbeat-record.ts'
import { makeKeepHeartbeat } from './heartbeats.ts'
import { LEDGER_TABLE, startLedgerTable } from './testing/ledger-table.ts'

let table: Awaited<ReturnType<typeof startLedgerTable>>
beforeAll(async () => {
  table = await startLedgerTable()
})
afterAll(() => table.stop())

it('the last sign of life of each agent of a site is kept, in whatever order they come', async () => {
  const beat = (agent: 'edge' | 'print', minute: number): HeartbeatRecord => {
    const at = new Date(Date.UTC(2026, 10, 25, 9, minute)).toISOString()
    return { site: 'paris', agent, at, heardAt: at, waiting: minute }
  }
  const keep = makeKeepHeartbeat(table.client, LEDGER_TABLE)
  for (const one of [beat('edge', 5), beat('print', 1), beat('edge', 0), beat('edge', 10), beat('edge', 10)])
    await keep(one)
  const documents = DynamoDBDocumentClient.from(table.client)
  const ask = (query: object) =>
    documents.send(new QueryCommand({ TableName: LEDGER_TABLE, ...query } as never))
  expect(await readHeartbeats(ask, 'paris')).toEqual([beat('edge', 10), beat('print', 1)])
  expect(await readHeartbeats(ask, 'lyon')).toEqual([])
})
