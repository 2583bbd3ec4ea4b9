import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type * as z from 'zod'
import {
  deliveryRecordSchema,
  deliverySortKey,
  FAX_SORT_KEY,
  faxPartition,
  faxRecordSchema,
} from '../../shared/ledger/records.ts'
import type { Ledger } from './ledger.ts'

interface Key {
  pk: string
  sk: string
}

const faxKey = (faxId: string): Key => ({ pk: faxPartition(faxId), sk: FAX_SORT_KEY })
const deliveryKey = (faxId: string, backend: string): Key => ({
  pk: faxPartition(faxId),
  sk: deliverySortKey(backend),
})

/** The ledger in its DynamoDB table. */
export function makeDynamoLedger(client: DynamoDBClient, table: string): Ledger {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const add = (key: Key, record: object) => putIf(documents, table, { ...key, ...record })
  const replace = (key: Key, record: { revision: number }) =>
    putIf(documents, table, { ...key, ...record }, record.revision - 1)
  const get = <Schema extends z.ZodType>(key: Key, schema: Schema) => read(documents, table, key, schema)
  return {
    addFax: (record) => add(faxKey(record.id), record),
    getFax: (faxId) => get(faxKey(faxId), faxRecordSchema),
    replaceFax: (next) => replace(faxKey(next.id), next),
    addDelivery: (record) => add(deliveryKey(record.faxId, record.backend), record),
    getDelivery: (faxId, backend) => get(deliveryKey(faxId, backend), deliveryRecordSchema),
    replaceDelivery: (next) => replace(deliveryKey(next.faxId, next.backend), next),
  }
}

/** Puts an item that must be new, or must stand at `previousRevision`. False when it does not. */
async function putIf(
  documents: DynamoDBDocumentClient,
  table: string,
  item: Record<string, unknown>,
  previousRevision?: number,
): Promise<boolean> {
  const condition =
    previousRevision === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'revision = :previous',
          ExpressionAttributeValues: { ':previous': previousRevision },
        }
  try {
    await documents.send(new PutCommand({ TableName: table, Item: item, ...condition }))
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

async function read<Schema extends z.ZodType>(
  documents: DynamoDBDocumentClient,
  table: string,
  key: Key,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  // A message can come within milliseconds of the write of its record: an eventually consistent read may miss it.
  const { Item } = await documents.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))
  return Item === undefined ? undefined : schema.parse(Item)
}
