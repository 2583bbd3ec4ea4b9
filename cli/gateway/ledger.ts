import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { AskTable } from '../../shared/ledger/partitions.ts'

/** The one call by which the ledger is read. */
export function askLedger(client: DynamoDBClient, table: string): AskTable {
  const documents = DynamoDBDocumentClient.from(client)
  return (query) => documents.send(new QueryCommand({ TableName: table, ...query }))
}
