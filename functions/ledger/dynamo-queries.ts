import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { AskTable } from '../../shared/ledger/partitions.ts'
import { type LedgerQueries, makeLedgerQueries } from '../../shared/ledger/queries.ts'
import {
  makeTransmissionQueries,
  type TransmissionQueries,
} from '../../shared/ledger/transmission-queries.ts'

/** The questions to the ledger, asked of its DynamoDB table. */
export function makeDynamoQueries(client: DynamoDBClient, table: string): LedgerQueries {
  return makeLedgerQueries(makeAsk(client, table))
}

/** As {@link makeDynamoQueries}, about transmissions. */
export function makeDynamoTransmissionQueries(client: DynamoDBClient, table: string): TransmissionQueries {
  return makeTransmissionQueries(makeAsk(client, table))
}

/** For what is in the ledger's table besides faxes and transmissions. */
export function makeAsk(client: DynamoDBClient, table: string): AskTable {
  const documents = DynamoDBDocumentClient.from(client)
  return (query) => documents.send(new QueryCommand({ TableName: table, ...query }))
}
