import * as z from 'zod'
import { faxIdSchema } from '../../shared/fax-id.ts'
import { TRANSMISSION_STATES, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { siteSchema } from '../../shared/object-keys.ts'
import { sendRequestSchema } from '../../shared/transmission/send-request.ts'
import { transmissionCauseSchema } from '../../shared/transmission/transmit-job.ts'

/** What goes over the line of HTTP. docs/openapi.yaml is made of these. */

export const postSchema = sendRequestSchema.extend({
  site: siteSchema
    .optional()
    .meta({ description: 'Whose PBX dials, where several sections of the routing table would fit.' }),
  document: z.base64().min(1).meta({
    description:
      'The PDF, in base64: some 4 MB at most, since Lambda takes requests of 6 MB. Larger ones go to S3.',
  }),
})
export type PostRequest = z.infer<typeof postSchema>

const attemptViewSchema = z.object({
  attempt: z.int(),
  endedAt: z.iso.datetime(),
  cause: transmissionCauseSchema,
  text: z.string().meta({ description: 'One sentence for the sender.' }),
  pagesSent: z.int().meta({ description: 'Pages that the other machine confirmed.' }),
  callSeconds: z.number(),
  rate: z.int().optional().meta({ description: 'Bits per second.' }),
  remoteStationId: z.string().optional(),
})

export const transmissionViewSchema = z.object({
  id: faxIdSchema,
  site: z.string(),
  state: z.enum(TRANSMISSION_STATES).meta({
    description:
      'accepted: the document is not looked at yet; waiting: for its time, its first or its next attempt; dialling, sending: under way; sent; failed; ' +
      'canceled; refused: nothing was dialled; unknown: it may have gone out, and is not sent again by itself; it becomes sent or failed when its site tells later.',
  }),
  to: z.string(),
  sender: z.string(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  notBefore: z.iso.datetime().optional(),
  nextAttemptAt: z.iso.datetime().optional().meta({ description: 'While waiting.' }),
  pages: z.int().optional().meta({ description: 'Of the document, once its pages are made.' }),
  pagesSent: z.int().meta({
    description: 'Pages that the other machine confirmed in the attempt that is under way or was the last.',
  }),
  reason: z.string().optional().meta({ description: 'Why it was refused, failed or canceled.' }),
  warnings: z.array(z.string()),
  attempts: z.array(attemptViewSchema).meta({
    description: 'Those that have ended. One that is there twice was unknown at first.',
  }),
})
export type TransmissionView = z.infer<typeof transmissionViewSchema>

export const transmissionsSchema = z.object({ transmissions: z.array(transmissionViewSchema) })

export const listSchema = transmissionsSchema.extend({
  next: faxIdSchema.optional().meta({ description: 'There is more: ask again with after set to this.' }),
})

export const errorSchema = z.object({
  error: z.string().meta({ description: 'One sentence.' }),
  problems: z
    .array(z.object({ to: z.string(), reason: z.string() }))
    .optional()
    .meta({ description: 'Of single numbers.' }),
})
export type ApiError = z.infer<typeof errorSchema>

export const MOST_LISTED = 100

export const listQuerySchema = z.strictObject({
  day: z.iso.date().optional().meta({ description: 'By UTC. Absent, with no `to`: today.' }),
  to: z.string().min(1).optional().meta({ description: 'Number called, as it was dialled.' }),
  state: z.enum(TRANSMISSION_STATES).optional(),
  limit: z
    .string()
    .regex(/^[1-9][0-9]?$|^100$/, `a whole number up to ${MOST_LISTED}`)
    .optional(),
  after: faxIdSchema.optional(),
})
export type ListQuery = z.infer<typeof listQuerySchema>

export function viewOf(record: TransmissionRecord): TransmissionView {
  const { id, site, state, destination, sender, openedAt, closedAt, notBefore, nextAttemptAt, rasterised } =
    record
  const last = record.history.at(-1)
  return {
    id,
    site,
    state,
    to: destination,
    sender,
    createdAt: openedAt,
    ...(closedAt === undefined ? {} : { endedAt: closedAt }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    ...(rasterised === undefined ? {} : { pages: rasterised.pages }),
    pagesSent: record.progress?.pagesSent ?? last?.pagesSent ?? 0,
    ...(record.reason === undefined ? {} : { reason: record.reason }),
    warnings: rasterised?.warnings ?? [],
    attempts: record.history.map(
      ({ attempt, endedAt, cause, text, pagesSent, callSeconds, rate, remoteStationId }) => ({
        attempt,
        endedAt,
        cause,
        text,
        pagesSent,
        callSeconds,
        ...(rate === undefined ? {} : { rate }),
        ...(remoteStationId === undefined ? {} : { remoteStationId }),
      }),
    ),
  }
}
