import * as z from 'zod'
import { faxIdSchema } from '../fax-id.ts'
import { siteSchema } from '../object-keys.ts'

/** What a PBX can dial, and nothing that a dialplan or AMI would read as more than a number. */
export const dialledNumberSchema = z.string().regex(/^\+?[0-9*#]{1,32}$/, 'digits, * and #, at most 32')

/** A local station ID as T.30 sends it (CSI, TSI): 20 characters; printable ASCII. */
export const stationIdSchema = z.string().regex(/^[ -~]{1,20}$/, 'at most 20 printable ASCII characters')

/** T.4's vertical resolutions at 8 dots a millimetre: 3.85, 7.7 and 15.4 lines a millimetre. */
export const RESOLUTIONS = ['standard', 'fine', 'superfine'] as const
export const resolutionSchema = z.enum(RESOLUTIONS)
export type Resolution = z.infer<typeof resolutionSchema>

/** Bits per second at most. */
export const maxRateSchema = z.union([z.literal(14400), z.literal(9600), z.literal(4800)])

/**
 * One attempt at one transmission, on the transmit queue of its site: what the edge agent fetches and how it dials. A further attempt
 * is a further message.
 */
export const transmitJobSchema = z.object({
  version: z.literal(1),
  /** Of the form of a fax id. */
  transmissionId: faxIdSchema,
  site: siteSchema,
  /** 1 for the first. */
  attempt: z.int().min(1),
  /** Key of the TIFF in the faxes' bucket, in the site's own part of transmit/. */
  key: z.string(),
  sizeBytes: z.int().min(1),
  /** SHA-256 of the TIFF, base64. */
  sha256: z.string(),
  pages: z.int().min(1),
  destination: dialledNumberSchema,
  /** Shown to the callee where the trunk lets it. */
  callerNumber: dialledNumberSchema.optional(),
  stationId: stationIdSchema.optional(),
  /** The line that the PBX writes above each page (FAXOPT(headerinfo)). Absent: the TIFF has its own. */
  header: z.string().max(100).optional(),
  resolution: resolutionSchema,
  /** Error correction mode (T.30 annex A). */
  ecm: z.boolean(),
  maxRate: maxRateSchema,
  /** How long the other side may ring. */
  answerSeconds: z.int().min(10).max(180),
  /** How long the call may last in all. */
  callSeconds: z.int().min(60).max(14_400),
})
export type TransmitJob = z.infer<typeof transmitJobSchema>

/**
 * Why an attempt ended. unknown: the agent was cut off in the middle, and whether the fax went out can't be told; it is never sent
 * again by itself.
 */
export const TRANSMISSION_CAUSES = [
  'sent',
  'busy',
  'no-answer',
  'congestion',
  'unallocated',
  'rejected',
  'line',
  'incompatible',
  'file',
  'pbx',
  'canceled',
  'unknown',
] as const
export const transmissionCauseSchema = z.enum(TRANSMISSION_CAUSES)
export type TransmissionCause = z.infer<typeof transmissionCauseSchema>

/** What the PBX and the far end said, kept whole. */
export const foreignWordsSchema = z.object({
  /** FAXOPT(status), (error) and (statusstr). */
  status: z.string().optional(),
  error: z.string().optional(),
  statusText: z.string().optional(),
  /** Q.850 cause of the hang-up, and AMI's words for it. */
  hangupCause: z.int().optional(),
  hangupText: z.string().optional(),
})

/** How a call ended. */
export const callEndSchema = z.object({
  cause: transmissionCauseSchema,
  /** One sentence for the sender. */
  text: z.string(),
  /** Pages that the far end confirmed. */
  pagesSent: z.int().min(0),
  /** From the answer to the hang-up; 0 where nobody answered. */
  callSeconds: z.number().min(0),
  rate: z.int().optional(),
  remoteStationId: z.string().optional(),
  foreign: foreignWordsSchema,
})

export const transmissionEventSchema = z.discriminatedUnion('event', [
  /** The claim is the agent's: from here on it can't be canceled without a call. */
  z.object({ event: z.literal('dialling') }),
  z.object({
    event: z.literal('sending'),
    pagesSent: z.int().min(0),
    rate: z.int().optional(),
    remoteStationId: z.string().optional(),
  }),
  z.object({ event: z.literal('ended'), ...callEndSchema.shape }),
])
export type TransmissionEvent = z.infer<typeof transmissionEventSchema>

/** What the edge agent says of an attempt, on its site's queue of reports. At least once, in any order. */
export const transmissionReportSchema = z.object({
  version: z.literal(1),
  transmission: z.object({
    id: faxIdSchema,
    attempt: z.int().min(1),
    at: z.iso.datetime(),
    progress: transmissionEventSchema,
  }),
})
export type TransmissionReport = z.infer<typeof transmissionReportSchema>
