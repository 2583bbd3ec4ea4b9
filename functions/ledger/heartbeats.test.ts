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

const ask = (query: object) =>
  DynamoDBDocumentClient.from(table.client).send(
    new QueryCommand({ TableName: LEDGER_TABLE, ...query } as never),
  )

it('the last sign of life of each agent of a site is kept, in whatever order they come', async () => {
  const beat = (agent: 'edge' | 'print', minute: number): HeartbeatRecord => {
    const at = new Date(Date.UTC(2026, 10, 25, 9, minute)).toISOString()
    return { site: 'paris', agent, at, heardAt: at, waiting: minute }
  }
  const keep = makeKeepHeartbeat(table.client, LEDGER_TABLE)
  for (const one of [beat('edge', 5), beat('print', 1), beat('edge', 0), beat('edge', 10), beat('edge', 10)])
    await keep(one)
  expect(await readHeartbeats(ask, 'paris')).toMatchObject([beat('edge', 10), beat('print', 1)])
  expect(await readHeartbeats(ask, 'lyon')).toEqual([])
})

it('a clock of a site that was ahead for once does not keep what follows from being heard', async () => {
  const keep = makeKeepHeartbeat(table.client, LEDGER_TABLE)
  const [heardAt, later] = ['2026-11-25T09:00:00.000Z', '2026-11-25T09:05:00.000Z']
  await keep({ site: 'oslo', agent: 'edge', at: '2030-01-01T00:00:00.000Z', heardAt, waiting: 0 })
  await keep({ site: 'oslo', agent: 'edge', at: later, heardAt: later, waiting: 1 })
  expect(await readHeartbeats(ask, 'oslo')).toMatchObject([{ heardAt: later, waiting: 1 }])
})

it('what an agent had counted to two hours ago is still known', async () => {
  const keep = makeKeepHeartbeat(table.client, LEDGER_TABLE)
  const start = Date.parse('2026-11-25T09:00:00Z')
  for (let beats = 0; beats < 100; beats += 1) {
    const heardAt = new Date(start + beats * 300_000).toISOString()
    await keep({ site: 'rome', agent: 'edge', at: heardAt, heardAt, waiting: 0, sequence: 1000 + beats })
  }
  const [{ marks = [] } = {}] = await readHeartbeats(ask, 'rome')
  expect(marks.map(({ number }) => number)).toEqual([1066, 1072, 1078, 1084, 1090, 1096])
})
