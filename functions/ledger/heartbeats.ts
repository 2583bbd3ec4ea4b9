import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { agentSortKey, type HeartbeatRecord, sitePartition } from '../../shared/ledger/heartbeat-record.ts'

export type KeepHeartbeat = (heartbeat: HeartbeatRecord) => Promise<void>

/** Keeps the last sign of life of each agent; one that was overtaken by a later one is left out. */
export function makeKeepHeartbeat(client: DynamoDBClient, table: string): KeepHeartbeat {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  return async (heartbeat) => {
    const key = { pk: sitePartition(heartbeat.site), sk: agentSortKey(heartbeat.agent) }
    try {
      await documents.send(
        new PutCommand({
          TableName: table,
          Item: { ...key, ...heartbeat },
          ConditionExpression: 'attribute_not_exists(pk) OR #at < :at',
          ExpressionAttributeNames: { '#at': 'at' },
          ExpressionAttributeValues: { ':at': heartbeat.at },
        }),
      )
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
    }
  }
}
