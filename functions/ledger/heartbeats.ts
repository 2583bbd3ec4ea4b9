import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import {
  agentSortKey,
  type HeartbeatRecord,
  heartbeatRecordSchema,
  sitePartition,
} from '../../shared/ledger/heartbeat-record.ts'
import { read } from './dynamo-ledger.ts'
import { marksAfter } from './sequence-marks.ts'

export type KeepHeartbeat = (heartbeat: HeartbeatRecord) => Promise<void>

/**
 * Keeps the last sign of life of each agent; one that was overtaken by a later one is left out. By when it was heard: the clock of a site
 * may be ahead, and what it said then would stand until that time.
 */
export function makeKeepHeartbeat(client: DynamoDBClient, table: string): KeepHeartbeat {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  return async (heartbeat) => {
    const key = { pk: sitePartition(heartbeat.site), sk: agentSortKey(heartbeat.agent) }
    const before = await read(documents, table, key, heartbeatRecordSchema)
    try {
      await documents.send(
        new PutCommand({
          TableName: table,
          Item: { ...key, ...heartbeat, marks: marksAfter(before?.marks ?? [], heartbeat) },
          ConditionExpression: 'attribute_not_exists(pk) OR heardAt < :heardAt',
          ExpressionAttributeValues: { ':heardAt': heartbeat.heardAt },
        }),
      )
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
    }
  }
}
