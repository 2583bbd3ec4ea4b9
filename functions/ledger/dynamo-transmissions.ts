import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { deliveryRecordSchema, deliverySortKey } from '../../shared/ledger/records.ts'
import {
  TRANSMISSION_SORT_KEY,
  transmissionIndexKeys,
  transmissionPartition,
  transmissionRecordSchema,
} from '../../shared/ledger/transmission-record.ts'
import { putIf, read } from './dynamo-ledger.ts'
import type { KnownRequest, TransmissionLedger } from './transmission-ledger.ts'

const requestSchema = z.object({
  digest: z.string(),
  contentDigest: z.string(),
  documentId: z.string(),
  expiresAt: z.int(),
}) satisfies z.ZodType<KnownRequest>

const transmissionKey = (id: string) => ({ pk: transmissionPartition(id), sk: TRANSMISSION_SORT_KEY })
const noticeKey = (id: string) => ({ pk: transmissionPartition(id), sk: deliverySortKey('notice') })
const requestKey = (digest: string) => ({ pk: `REQUEST#${digest}`, sk: 'REQUEST' })
const dayKey = (outbound: string, day: string) => ({ pk: `OUTBOUND#${outbound}`, sk: `DAY#${day}` })

const SECONDS_PER_DAY = 86_400

/** Transmissions in the ledger's DynamoDB table. */
export function makeDynamoTransmissions(client: DynamoDBClient, table: string): TransmissionLedger {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const put = (item: object, previousRevision?: number) => putIf(documents, table, item, previousRevision)
  return {
    addTransmission: (record) =>
      put({ ...transmissionKey(record.id), ...transmissionIndexKeys(record), ...record }),
    getTransmission: (id) => read(documents, table, transmissionKey(id), transmissionRecordSchema),
    replaceTransmission: (next) =>
      put({ ...transmissionKey(next.id), ...transmissionIndexKeys(next), ...next }, next.revision - 1),
    addNotice: (record) => put({ ...noticeKey(record.faxId), ...record }),
    getNotice: (id) => read(documents, table, noticeKey(id), deliveryRecordSchema),
    replaceNotice: (next) => put({ ...noticeKey(next.faxId), ...next }, next.revision - 1),
    async claimRequest(request) {
      if (await put({ ...requestKey(request.digest), ...request })) return request
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
