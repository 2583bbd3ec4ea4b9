import * as z from 'zod'
import { factsSchema } from './facts.ts'
import { faxIdSchema } from './fax-id.ts'
import { LANGUAGES } from './language.ts'
import { remarkSchema } from './ledger/remarks.ts'
import { siteSchema } from './object-keys.ts'
import { outcomeSchema } from './outcome.ts'
import { agentKindSchema, backendSchema, printOptionSchema } from './routing-table/deployed-table.ts'
import { transmissionReportSchema } from './transmission/transmit-job.ts'

/** A fax that was converted and routed, as its deliveries see it. */
export const routedFaxSchema = z.object({
  id: faxIdSchema,
  site: siteSchema,
  facts: factsSchema,
  pages: z.int().min(1),
  /** What of it is missing or damaged. Absent: nothing. */
  remarks: z.array(remarkSchema).optional(),
  /** Keys in the faxes' bucket: the TIFF as received, and the PDF made of it. */
  tiffKey: z.string(),
  pdfKey: z.string(),
})
export type RoutedFax = z.infer<typeof routedFaxSchema>

/**
 * One fax to one backend, on the queue of the backend's kind. It carries the backend's configuration as it was when the
 * fax was routed, so a deployment changes nothing for what is under way.
 */
export const deliveryMessageSchema = z.object({
  version: z.literal(1),
  fax: routedFaxSchema,
  backend: backendSchema,
  /** Mail addresses of the number's section; empty where the backend is no mail. */
  recipients: z.array(z.string()),
  timeZone: z.string(),
  /** In which what the templates do not say is said. Absent: English. */
  language: z.enum(LANGUAGES).optional(),
  /** Attempts that the ledger had when this was sent: tells a duplicate from the message of the next attempt. */
  attempts: z.int().min(0),
  /** What is left of a wait that is longer than SQS delays a message; it goes back to its queue with that. */
  furtherWaitSeconds: z.int().min(0),
})
export type DeliveryMessage = z.infer<typeof deliveryMessageSchema>

/** Asks the function `dispatch` for deliveries of a fax, besides those that its reception made. */
export const dispatchRequestSchema = z.object({
  version: z.literal(1),
  faxId: faxIdSchema,
  /** Absent: whatever of the fax has failed; of a fax that was unrouted, what the routing table says by now. */
  backend: z.string().optional(),
  /** fallback: another backend gave up; retry: somebody wants it tried again; lost: it is open, and its message is gone. */
  because: z.enum(['fallback', 'retry', 'lost']),
  fallbackOf: z.string().optional(),
  /** When somebody asked for it although it was delivered: once for each such time, however often the request comes. */
  againAt: z.iso.datetime().optional(),
  /** The one that gave up may have delivered after all: what is delivered in its place has to say so. */
  maybeDelivered: z.boolean().optional(),
})
export type DispatchRequest = z.infer<typeof dispatchRequestSchema>

/**
 * How long the queue of a site keeps a job. Not SQS's full fourteen days: a job keeps its age when it moves to the dead letters, and must lie
 * there for some days yet, so that somebody can act on the alarm.
 */
export const PRINT_JOB_DAYS = 10

/** What the print agent of a site gets: what to fetch, where to print it, what to call it. */
export const printJobSchema = z.object({
  version: z.literal(1),
  faxId: faxIdSchema,
  backend: z.string(),
  /** Key in the faxes' bucket, under the site's own prefix. */
  key: z.string(),
  format: z.enum(['pdf', 'tiff']),
  /** CUPS's name of the printer. Absent: CUPS's default printer. */
  printer: z.string().optional(),
  /** Options of lp, each NAME or NAME=VALUE. */
  options: z.array(printOptionSchema).optional(),
  /** How long the agent goes on with a printer that does not print. Absent: a day. */
  expiresAfterSeconds: z.int().min(60).optional(),
  /** Where `format` is tiff: the PDF, under the same prefix, for a CUPS that takes no TIFF. */
  pdfKey: z.string().optional(),
  /** Since when it is wanted; reports have it too. Absent in jobs of before there was such a time. */
  wantedAt: z.iso.datetime().optional(),
  /** It was printed before, and is wanted once more. */
  again: z.literal(true).optional(),
  title: z.string(),
  fileName: z.string().regex(/^[0-9A-Za-z+][0-9A-Za-z+.-]*$/),
  pages: z.int().min(1),
})
export type PrintJob = z.infer<typeof printJobSchema>

/** What an agent reports of a delivery that it made. */
export const reportSchema = z.object({
  version: z.literal(1),
  faxId: faxIdSchema,
  backend: z.string(),
  at: z.iso.datetime(),
  /** As the job has it: what an agent says of an earlier job of this fax and backend changes nothing. */
  wantedAt: z.iso.datetime().optional(),
  outcome: outcomeSchema,
})
export type Report = z.infer<typeof reportSchema>

/** In characters. */
export const LONGEST_TROUBLE = 500

/** Sent by each agent every few minutes: a site that falls silent is noticed. */
export const heartbeatSchema = z.object({
  version: z.literal(1),
  heartbeat: z.object({
    agent: agentKindSchema,
    at: z.iso.datetime(),
    /** Files or jobs that the agent has not dealt with yet. */
    waiting: z.int().min(0),
    /** How long the oldest of them has waited there. Absent, as what follows: there is nothing to tell. */
    oldestSeconds: z.int().min(0).optional(),
    /** Files in the spool that the agent may not read, or may not take away. */
    unreadable: z.int().min(0).optional(),
    /** Faxes that can't go up, set aside at the site. */
    refused: z.int().min(0).optional(),
    /** What hinders the agent, in its own words. */
    trouble: z.string().max(LONGEST_TROUBLE).optional(),
    /** The edge agent's last sequence number. */
    sequence: z.int().min(0).optional(),
  }),
})
export type HeartbeatMessage = z.infer<typeof heartbeatSchema>

/** All that the agents of a site send on its queue of reports. None says which site: the queue does, and can't be forged. */
export const agentMessageSchema = z.union([reportSchema, heartbeatSchema, transmissionReportSchema])
export type AgentMessage = z.infer<typeof agentMessageSchema>
