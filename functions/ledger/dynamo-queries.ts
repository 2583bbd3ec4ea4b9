import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { type LedgerQueries, makeLedgerQueries } from '../../shared/ledger/queries.ts'

/** The questions to the ledger, asked of its DynamoDB table. */
export function makeDynamoQueries(client: DynamoDBClient, table: string): LedgerQueries {
  const documents = DynamoDBDocumentClient.from(client)
  return makeLedgerQueries((query) => documents.send(new QueryCommand({ TableName: table, ...query })))
}
