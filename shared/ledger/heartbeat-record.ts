import * as z from 'zod'
import { heartbeatSchema } from '../messages.ts'
import { siteSchema } from '../object-keys.ts'
import type { AgentKind } from '../routing-table/deployed-table.ts'
import type { AskTable } from './partitions.ts'

/** The last sign of life of an agent on site, and when the gateway heard it. */
export const heartbeatRecordSchema = heartbeatSchema.shape.heartbeat.extend({
  site: siteSchema,
  /** When SQS took it. */
  heardAt: z.iso.datetime(),
  /** What the edge agent had counted to, and when that was heard, oldest first. */
  marks: z.array(z.object({ number: z.int().min(0), heardAt: z.iso.datetime() })).optional(),
})
export type HeartbeatRecord = z.infer<typeof heartbeatRecordSchema>

/** A site is a partition: two items, each written every few minutes. */
export const sitePartition = (site: string) => `SITE#${site}`
export const agentSortKey = (agent: string) => `AGENT#${agent}`

/** A fax or a job that waited for so long at a site is worth a look. As the alarms have it. */
export const LATE_MINUTES = { edge: 30, print: 60 } as const satisfies Record<AgentKind, number>

/** Of the agents of a site that ever gave one. */
export async function readHeartbeats(ask: AskTable, site: string): Promise<HeartbeatRecord[]> {
  const { Items = [] } = await ask({
    KeyConditionExpression: 'pk = :site',
    ExpressionAttributeValues: { ':site': sitePartition(site) },
  })
  return Items.map((item) => heartbeatRecordSchema.parse(item))
}
