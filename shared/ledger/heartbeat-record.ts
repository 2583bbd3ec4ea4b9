import * as z from 'zod'
import { heartbeatSchema } from '../messages.ts'
import { siteSchema } from '../object-keys.ts'
import type { AskTable } from './partitions.ts'

/** The last sign of life of an agent on site, and when the gateway heard it. */
export const heartbeatRecordSchema = heartbeatSchema.shape.heartbeat.extend({
  site: siteSchema,
  heardAt: z.iso.datetime(),
})
export type HeartbeatRecord = z.infer<typeof heartbeatRecordSchema>

/** A site is a partition: two items, each written every few minutes. */
export const sitePartition = (site: string) => `SITE#${site}`
export const agentSortKey = (agent: string) => `AGENT#${agent}`

/** Of the agents of a site that ever gave one. */
export async function readHeartbeats(ask: AskTable, site: string): Promise<HeartbeatRecord[]> {
  const { Items = [] } = await ask({
    KeyConditionExpression: 'pk = :site',
    ExpressionAttributeValues: { ':site': sitePartition(site) },
  })
  return Items.map((item) => heartbeatRecordSchema.parse(item))
}
