import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { type DeliveryRecord, deliveryRecordSchema, deliverySortKey } from '../../shared/ledger/records.ts'
import {
  TRANSMISSION_SORT_KEY,
  type TransmissionRecord,
  transmissionIndexKeys,
  transmissionPartition,
  transmissionRecordSchema,
} from '../../shared/ledger/transmission-record.ts'
import { expiryOf, type LedgerEnvironment, putIf, read } from './dynamo-ledger.ts'
import type { KnownRequest, TransmissionLedger } from './transmission-ledger.ts'

const requestSchema = z.object({
  digest: z.string(),
  contentDigest: z.string(),
  documentId: z.string(),
  expiresAt: z.int(),
}) satisfies z.ZodType<KnownRequest>

const transmissionKey = (id: string) => ({ pk: transmissionPartition(id), sk: TRANSMISSION_SORT_KEY })
const noticeKey = (id: string, name: string) => ({
  pk: transmissionPartition(id),
  sk: deliverySortKey(name),
})
const requestKey = (digest: string) => ({ pk: `REQUEST#${digest}`, sk: 'REQUEST' })
const dayKey = (outbound: string, day: string) => ({ pk: `OUTBOUND#${outbound}`, sk: `DAY#${day}` })

const SECONDS_PER_DAY = 86_400

const transmissionItem = (record: TransmissionRecord) => ({
  ...transmissionKey(record.id),
  ...transmissionIndexKeys(record),
  ...record,
})
const noticeItem = (record: DeliveryRecord) => ({ ...noticeKey(record.faxId, record.backend), ...record })

/** For who reads a transmission and writes none. */
export function makeGetTransmission(
  client: DynamoDBClient,
  table: string,
): TransmissionLedger['getTransmission'] {
  const documents = DynamoDBDocumentClient.from(client)
  return (id) => read(documents, table, transmissionKey(id), transmissionRecordSchema)
}

/** Transmissions in the ledger's DynamoDB table, which deletes one and its notice some time after their days are over. */
export function makeDynamoTransmissions(
  client: DynamoDBClient,
  environment: LedgerEnvironment,
): TransmissionLedger {
  const { LEDGER_TABLE: table } = environment
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const put = (item: { pk: string; sk: string; openedAt: string }, previousRevision?: number) => {
    // Not by the time in its id: whoever names a document says what that is.
    const expiresAt = expiryOf(new Date(item.openedAt), environment)
    return putIf(documents, table, { ...item, expiresAt }, previousRevision)
  }
  return {
    addTransmission: (record) => put(transmissionItem(record)),
    getTransmission: makeGetTransmission(client, table),
    replaceTransmission: (next) => put(transmissionItem(next), next.revision - 1),
    addNotice: (record) => put(noticeItem(record)),
    getNotice: (id, name) => read(documents, table, noticeKey(id, name), deliveryRecordSchema),
    replaceNotice: (next) => put(noticeItem(next), next.revision - 1),
    async claimRequest(request) {
      if (await putIf(documents, table, { ...requestKey(request.digest), ...request })) return request
      const known = await read(documents, table, requestKey(request.digest), requestSchema)
      // The table deletes what has expired at a moment of its own.
      return known ?? request
    },
    countOnDay: (outbound, day, limit) => countOnDay(documents, table, { key: dayKey(outbound, day), limit }),
  }
}

async function countOnDay(
  documents: DynamoDBDocumentClient,
  table: string,
  { key, limit }: { key: { pk: string; sk: string }; limit: number },
): Promise<boolean> {
  try {
    await documents.send(
      new UpdateCommand({
        TableName: table,
        Key: key,
        UpdateExpression: 'ADD transmissions :one SET expiresAt = :expiresAt',
        ConditionExpression: 'attribute_not_exists(transmissions) OR transmissions < :limit',
        ExpressionAttributeValues: {
          ':one': 1,
          ':limit': limit,
          ':expiresAt': Math.floor(Date.now() / 1000) + 7 * SECONDS_PER_DAY,
        },
      }),
    )
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
