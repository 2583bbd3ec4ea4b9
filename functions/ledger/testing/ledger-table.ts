import type { AddressInfo } from 'node:net'
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { ENTRY, INDEXES } from '../../../shared/ledger/index-keys.ts'

export const LEDGER_TABLE = 'ledger'
export const LEDGER = { LEDGER_TABLE, LEDGER_DAYS: '3653' }

/** The ledger's table with its indexes, on a DynamoDB in memory, as infra/ledger-table.ts deploys it. */
export async function startLedgerTable(): Promise<{ client: DynamoDBClient; stop: () => Promise<void> }> {
  const server = dynalite({ createTableMs: 0 })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  })
  await client.send(new CreateTableCommand(ledgerTableInput(LEDGER_TABLE)))
  return {
    client,
    async stop() {
      client.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

export function ledgerTableInput(TableName: string): CreateTableCommandInput {
  const indexes = Object.values(INDEXES)
  const attributes = ['pk', 'sk', ENTRY, ...indexes.map(({ partitionKey }) => partitionKey)]
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys('pk', 'sk'),
    GlobalSecondaryIndexes: indexes.map(({ name, partitionKey, holds }) => ({
      IndexName: name,
      KeySchema: keys(partitionKey, ENTRY),
      Projection: { ProjectionType: holds === 'records' ? 'ALL' : 'KEYS_ONLY' },
    })),
  }
}

function keys(partition: string, sort: string): { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
}
