import * as z from 'zod'
import { faxIdSchema, shardOfFaxId } from '../fax-id.ts'
import { profileNameSchema, widthPixelsSchema } from '../transmission/outbound-profile.ts'
import {
  callEndSchema,
  maxRateSchema,
  resolutionSchema,
  stationIdSchema,
} from '../transmission/transmit-job.ts'
import { dayOfFaxId, ENTRY, INDEXES, SHARDS, shardKey } from './index-keys.ts'

/**
 * accepted: its document is not looked at yet; waiting: for its time, its first or its next attempt; dialling, sending: under way at the site; the
 * others are ends. unknown: it may have gone out, and nobody can tell. refused: nothing was dialled.
 */
export const TRANSMISSION_STATES = [
  'accepted',
  'waiting',
  'dialling',
  'sending',
  'sent',
  'failed',
  'canceled',
  'unknown',
  'refused',
] as const
export type TransmissionState = (typeof TRANSMISSION_STATES)[number]

/** How an attempt drives the modem: error correction (T.30 annex A) and bits per second at most. */
export const modemSchema = z.object({ ecm: z.boolean(), maxRate: maxRateSchema })
export type Modem = z.infer<typeof modemSchema>

/** What was said of an attempt when it had ended. */
const attemptSchema = z.object({
  attempt: z.int().min(1),
  modem: modemSchema,
  endedAt: z.iso.datetime(),
  ...callEndSchema.shape,
})
export type EndedAttempt = z.infer<typeof attemptSchema>

/** What the routing table said when it was accepted: a deployment changes nothing for what is under way. */
export const transmissionSettingsSchema = z.object({
  callerNumber: z.string().optional(),
  stationId: stationIdSchema.optional(),
  /** The sender's name in the header line. */
  header: z.string().optional(),
  headerBy: z.enum(['gateway', 'pbx']),
  resolution: resolutionSchema,
  widthPixels: widthPixelsSchema,
  retries: z.int().min(0),
  retryWaitSeconds: z.int().min(0),
  noticesFrom: z.string(),
  timeZone: z.string(),
})
export type TransmissionSettings = z.infer<typeof transmissionSettingsSchema>

/** The pages as they go over the line. */
const pagesSchema = z.object({
  tiffKey: z.string(),
  tiffBytes: z.int(),
  /** SHA-256 of the TIFF, base64. */
  sha256: z.string(),
  pages: z.int().min(1),
  /** The first page as a picture, PNG. */
  pictureKey: z.string(),
  /** What the pages take on the line at 14,400 bit/s, by their bytes. */
  lineSeconds: z.number(),
  warnings: z.array(z.string()),
})
export type RasterisedPages = z.infer<typeof pagesSchema>

export const transmissionRecordSchema = z.object({
  id: faxIdSchema,
  site: z.string(),
  state: z.enum(TRANSMISSION_STATES),
  /** As the PBX dials it; of a refused one, as it was written. */
  destination: z.string(),
  /** The section of the routing table. Absent: it was refused before one was found. */
  outbound: profileNameSchema.optional(),
  settings: transmissionSettingsSchema.optional(),
  /** Which way it came in, and who sent it: a principal of IAM or a mail address. */
  way: z.enum(['bucket', 'http', 'mail']),
  sender: z.string(),
  /** Who gets a mail about its end. */
  notify: z.array(z.string()),
  /** The PDF. Several transmissions of one request share it. */
  documentKey: z.string(),
  /** The mail that it came by, which may have asked for others too. */
  mailKey: z.string().optional(),
  /** Counted against the section's daily limit. */
  counted: z.boolean(),
  /** Not to be dialled before. */
  notBefore: z.iso.datetime().optional(),
  rasterised: pagesSchema.optional(),
  /** The attempt that is under way or comes next, from 1. */
  attempt: z.int().min(1),
  modem: modemSchema,
  /** While waiting: not before. */
  nextAttemptAt: z.iso.datetime().optional(),
  /** While dialling or sending: since when that is known, by the gateway's clock. */
  dialledAt: z.iso.datetime().optional(),
  /** While sending. */
  progress: z
    .object({
      at: z.iso.datetime(),
      pagesSent: z.int().min(0),
      rate: z.int().optional(),
      remoteStationId: z.string().optional(),
    })
    .optional(),
  history: z.array(attemptSchema),
  /** Why it was refused, failed or canceled, in one sentence for the sender. */
  reason: z.string().optional(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().optional(),
  /** The number, the pages and the document were removed at a request for data protection. */
  forgottenAt: z.iso.datetime().optional(),
  /** Counts the writes: a write names the revision that it was made from. */
  revision: z.int().min(0),
})
export type TransmissionRecord = z.infer<typeof transmissionRecordSchema>

/** Keys of the ledger's table: a transmission and the mail about its end are one partition. */
export const transmissionPartition = (transmissionId: string) => `TRANSMISSION#${transmissionId}`
export const TRANSMISSION_SORT_KEY = 'TRANSMISSION'

export function hasTransmissionEnded({ state }: Pick<TransmissionRecord, 'state'>): boolean {
  return ENDS.has(state)
}

const ENDS: ReadonlySet<TransmissionState> = new Set(['sent', 'failed', 'canceled', 'unknown', 'refused'])

/** The states that are looked for across all days; what is under way is one group. */
export const STATE_GROUPS = {
  accepted: 'open',
  waiting: 'open',
  dialling: 'open',
  sending: 'open',
  failed: 'failed',
  unknown: 'unknown',
  refused: 'refused',
  sent: undefined,
  canceled: undefined,
} as const satisfies Record<TransmissionState, string | undefined>

/** Partitions of the ledger's indexes are shared with receptions; these words keep the two apart. */
export const transmissionsOfDay = (day: string) => `transmissions ${day}`
export const transmissionsInState = (group: string) => `transmissions ${group}`
export const transmissionsTo = (number: string) => `transmissions ${number}`

/** What the item has besides the record, by which the indexes find it. */
export function transmissionIndexKeys({
  id,
  state,
  destination,
}: TransmissionRecord): Record<string, string> {
  const shard = shardOfFaxId(id, SHARDS)
  const group = STATE_GROUPS[state]
  return {
    [ENTRY]: id,
    [INDEXES.day.partitionKey]: shardKey(transmissionsOfDay(dayOfFaxId(id)), shard),
    [INDEXES.destination.partitionKey]: transmissionsTo(destination),
    ...(group === undefined
      ? {}
      : { [INDEXES.state.partitionKey]: shardKey(transmissionsInState(group), shard) }),
  }
}
