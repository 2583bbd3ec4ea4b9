import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import {
  deliveryRecordSchema,
  FAX_SORT_KEY,
  faxPartition,
  faxRecordSchema,
} from '../../shared/ledger/records.ts'
import type { RunningGateway } from '../gateway.ts'
import { assertLoopback } from '../loopback.ts'
import type { FaxStory } from './changes.ts'

/** Reads what the ledger of a local gateway says of a fax. */
export function makeLedgerReader(gateway: RunningGateway): (faxId: string) => Promise<FaxStory> {
  assertLoopback(gateway.dynamoDbEndpoint)
  const { region, credentials, dynamoDbEndpoint: endpoint, ledgerTable } = gateway
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ region, credentials, endpoint }))
  return async (faxId) => {
    const { Items = [] } = await documents.send(
      new QueryCommand({
        TableName: ledgerTable,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :fax',
        ExpressionAttributeValues: { ':fax': faxPartition(faxId) },
      }),
    )
    const fax = Items.find(({ sk }) => sk === FAX_SORT_KEY)
    const deliveries = Items.filter(({ sk }) => sk !== FAX_SORT_KEY).map((item) =>
      deliveryRecordSchema.parse(item),
    )
    return { ...(fax === undefined ? {} : { fax: faxRecordSchema.parse(fax) }), deliveries }
  }
}
