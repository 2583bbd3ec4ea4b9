import { randomUUID } from 'node:crypto'
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { timeOfFaxId } from '../../shared/fax-id.ts'
import { deliveryIndexKeys, faxIndexKeys } from '../../shared/ledger/index-keys.ts'
import {
  type DeliveryRecord,
  deliveryRecordSchema,
  deliverySortKey,
  FAX_SORT_KEY,
  type FaxRecord,
  faxPartition,
  faxRecordSchema,
} from '../../shared/ledger/records.ts'
import type { Ledger } from './ledger.ts'

export interface Key {
  pk: string
  sk: string
}
const faxKey = (faxId: string): Key => ({ pk: faxPartition(faxId), sk: FAX_SORT_KEY })
const deliveryKey = (faxId: string, backend: string): Key => ({
  pk: faxPartition(faxId),
  sk: deliverySortKey(backend),
})
/** What a function needs in its environment to use the ledger. */
export const ledgerEnvironmentSchema = z.object({
  LEDGER_TABLE: z.string(),
  /** How long a fax stays in the ledger, from its reception or its submission on. */
  LEDGER_DAYS: z.string().regex(/^[1-9]\d*$/),
})
export type LedgerEnvironment = z.infer<typeof ledgerEnvironmentSchema>

/** When the table may delete what is kept since then: epoch seconds, as DynamoDB's time to live wants them. */
export function expiryOf(since: Date, { LEDGER_DAYS }: LedgerEnvironment): number {
  return Math.ceil(since.getTime() / 1000) + Number(LEDGER_DAYS) * 86_400
}

interface Opened {
  openedAt: string
}

/** Longer than a delivery is tried, and as long as a message of it may lie anywhere. */
const LEAST_DAYS_LEFT = 14

/**
 * The reception, by the id. Unless its days were over, or nearly, when the record was made: then the PBX has a wrong clock, and DynamoDB
 * would delete what is under way.
 */
function keptSince(faxId: string, { openedAt }: Opened, environment: LedgerEnvironment): Date {
  const [received, opened] = [timeOfFaxId(faxId), new Date(openedAt)]
  const leastDays = Math.min(LEAST_DAYS_LEFT, Number(environment.LEDGER_DAYS) / 2)
  const leastExpiry = opened.getTime() / 1000 + leastDays * 86_400
  return expiryOf(received, environment) < leastExpiry ? opened : received
}

const faxItem = (record: FaxRecord) => ({ ...faxKey(record.id), ...faxIndexKeys(record), ...record })
const deliveryItem = (record: DeliveryRecord) => ({
  ...deliveryKey(record.faxId, record.backend),
  ...deliveryIndexKeys(record),
  ...record,
})

/** The ledger in its DynamoDB table, which deletes a fax and its deliveries some time after their days are over. */
export function makeDynamoLedger(client: DynamoDBClient, environment: LedgerEnvironment): Ledger {
  const { LEDGER_TABLE: table } = environment
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const item = <Record extends Key & Opened>(faxId: string, record: Record) => ({
    ...record,
    expiresAt: expiryOf(keptSince(faxId, record, environment), environment),
  })
  const add = (faxId: string, record: Key & Opened) => putIf(documents, table, item(faxId, record))
  const replace = (faxId: string, record: Key & Opened & { revision: number }) =>
    putIf(documents, table, item(faxId, record), record.revision - 1)
  const get = <Schema extends z.ZodType>(key: Key, schema: Schema) => read(documents, table, key, schema)
  return {
    addFax: (record) => add(record.id, faxItem(record)),
    getFax: (faxId) => get(faxKey(faxId), faxRecordSchema),
    replaceFax: (next) => replace(next.id, faxItem(next)),
    addDelivery: (record) => add(record.faxId, deliveryItem(record)),
    getDelivery: (faxId, backend) => get(deliveryKey(faxId, backend), deliveryRecordSchema),
    replaceDelivery: (next) => replace(next.faxId, deliveryItem(next)),
  }
}

/**
 * Puts an item that must be new, or must stand at `previousRevision`. False when it does not. The SDK repeats a put whose answer was lost, and then
 * meets its own first write: each write has a name of its own, by which it is known again.
 */
export async function putIf(
  documents: DynamoDBDocumentClient,
  table: string,
  item: Key & { expiresAt: number },
  previousRevision?: number,
): Promise<boolean> {
  const condition =
    previousRevision === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'revision = :previous',
          ExpressionAttributeValues: { ':previous': previousRevision },
        }
  const write = randomUUID()
  try {
    await documents.send(new PutCommand({ TableName: table, Item: { ...item, write }, ...condition }))
    return true
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
    if (error.$metadata.attempts === 1) return false
    const { pk, sk } = item
    return (await read(documents, table, { pk, sk }, writtenSchema))?.write === write
  }
}

const writtenSchema = z.object({ write: z.string().optional() })

export async function read<Schema extends z.ZodType>(
  documents: DynamoDBDocumentClient,
  table: string,
  key: Key,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  // A message can come within milliseconds of the write of its record: an eventually consistent read may miss it.
  const { Item } = await documents.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))
  return Item === undefined ? undefined : schema.parse(Item)
}
