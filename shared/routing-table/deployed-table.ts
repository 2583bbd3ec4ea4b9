import * as z from 'zod'
import { LANGUAGES, type Language } from '../language.ts'
import { siteSchema } from '../object-keys.ts'
import { outboundProfileSchema } from '../transmission/outbound-profile.ts'
import { noticeTemplateSchema, templateSchema } from './template.ts'

/** What each kind of backend needs to deliver, checked at synth; a message carries it to the function that delivers. */
export const backendNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/)

/**
 * An option as lp takes it. The alphabet has no blank, quote, comma or brace, by which lp would see several options or a collection.
 */
export const printOptionSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}(=[A-Za-z0-9][A-Za-z0-9._+-]{0,63})?$/)

/** How long, and how often, a delivery is tried that is hindered for now. */
export const retryPlanSchema = z.object({
  /** The waits between attempts together: then it is given up. */
  forSeconds: z.int().min(0),
  firstSeconds: z.int().min(1),
  longestSeconds: z.int().min(1),
})
export type RetryPlan = z.infer<typeof retryPlanSchema>
export const DEFAULT_RETRY_PLAN: RetryPlan = { forSeconds: 86_400, firstSeconds: 60, longestSeconds: 3600 }

/** Delivers the fax when this backend gives it up. */
const fallback = backendNameSchema.optional()

export const mailBackendSchema = z.object({
  kind: z.literal('mail'),
  name: backendNameSchema,
  fallback,
  retry: retryPlanSchema.optional(),
  subject: templateSchema,
  body: templateSchema,
  from: z.object({ address: z.string(), name: z.string() }),
  format: z.enum(['pdf', 'tiff']),
})
export const ftpBackendSchema = z.object({
  kind: z.literal('ftp'),
  name: backendNameSchema,
  fallback,
  retry: retryPlanSchema.optional(),
  host: z.string(),
  port: z.int().min(1).max(65535),
  username: z.string(),
  /** Name or ARN of the secret in Secrets Manager that holds the password. */
  passwordSecret: z.string(),
  /** Absent: the folder that the login leads to. */
  directory: z.string().optional(),
  tls: z.enum(['explicit', 'implicit', 'off']),
  /** PEM of the authority that signed the server's certificate, where it is not a public one. */
  tlsCa: z.string().optional(),
  format: z.enum(['pdf', 'tiff']),
})
export const printerBackendSchema = z.object({
  kind: z.literal('printer'),
  name: backendNameSchema,
  fallback,
  /** CUPS's name of the printer. Absent: CUPS's default printer. */
  printer: z.string().optional(),
  site: siteSchema,
  format: z.enum(['pdf', 'tiff']),
  /** Options of lp, each NAME or NAME=VALUE. */
  options: z.array(printOptionSchema).optional(),
  /** How long the agent goes on with a printer that does not print. Absent: a day. */
  expiresAfterSeconds: z.int().min(60).optional(),
})
export const logBackendSchema = z.object({
  kind: z.literal('log'),
  name: backendNameSchema,
  fallback,
  message: templateSchema,
})

export const backendSchema = z.discriminatedUnion('kind', [
  mailBackendSchema,
  ftpBackendSchema,
  printerBackendSchema,
  logBackendSchema,
])
export type Backend = z.infer<typeof backendSchema>
export type BackendKind = Backend['kind']
export type BackendOf<Kind extends BackendKind> = Extract<Backend, { kind: Kind }>
export const BACKEND_KINDS = ['mail', 'ftp', 'printer', 'log'] as const satisfies readonly BackendKind[]

/** The programs that run at a site. */
export const AGENT_KINDS = ['edge', 'print'] as const
export const agentKindSchema = z.enum(AGENT_KINDS)
export type AgentKind = z.infer<typeof agentKindSchema>

const siteDetailsSchema = z.object({
  /** Absent: an edge agent, and a print agent where the site has a printer. */
  agents: z.array(agentKindSchema).optional(),
  /** PEM of the authority that signs the certificates by which the site's agents get their credentials. */
  caCertificate: z.string().optional(),
})

/**
 * What operators are told of. failed: a delivery was given up, or came back; unrouted: no section serves the number; damaged: rows or pages are
 * missing, or may be; missed: somebody called, and no page came; refused: a file is no fax.
 */
export const NOTICE_CAUSES = ['failed', 'unrouted', 'damaged', 'missed', 'refused'] as const
export type NoticeCause = (typeof NOTICE_CAUSES)[number]

const noticesSchema = z.object({
  from: z.object({ address: z.string(), name: z.string() }),
  language: z.enum(LANGUAGES),
  /** Who is told, by cause; nobody of a cause that is left out. */
  recipients: z.partialRecord(z.enum(NOTICE_CAUSES), z.array(z.string())),
  /** Who gets the alarms of CloudWatch. */
  alarms: z.array(z.string()),
  /** In place of the texts of the language. */
  texts: z.partialRecord(
    z.enum(NOTICE_CAUSES),
    z.object({ subject: noticeTemplateSchema.optional(), body: noticeTemplateSchema.optional() }),
  ),
})
export type Notices = z.infer<typeof noticesSchema>

const routeSchema = z.object({ backends: z.array(z.string()), recipients: z.array(z.string()) })

/** How long things are kept, from the reception of a fax on. */
export const retentionSchema = z.object({ faxesDays: z.int().min(1), ledgerDays: z.int().min(1) })
export type Retention = z.infer<typeof retentionSchema>
export const DEFAULT_RETENTION: Retention = { faxesDays: 90, ledgerDays: 3653 }

/** The checked table as it is bundled with the function that routes. */
export const deployedTableSchema = z.object({
  version: z.literal(1),
  /** IANA name; the zone of the dates in mails, file names and log lines. */
  timeZone: z.string(),
  sites: z.array(siteSchema),
  /** Of the sites whose section says more than the name. */
  siteDetails: z.record(siteSchema, siteDetailsSchema).optional(),
  backends: z.array(backendSchema),
  /** By destination number. */
  numbers: z.record(z.string(), routeSchema),
  /** `dstnum_default`. */
  fallback: routeSchema.optional(),
  /** Who may send. Absent: nobody. */
  outbound: z.array(outboundProfileSchema).optional(),
  /** Absent: 90 days for faxes, ten years for the ledger. */
  retention: retentionSchema.optional(),
  /** Absent: nobody is told by mail. */
  notices: noticesSchema.optional(),
})
export type DeployedTable = z.infer<typeof deployedTableSchema>
export type SiteDetails = z.infer<typeof siteDetailsSchema>

/** The agents that run at a site, which are missed when they fall silent. */
export function agentsOf(
  { siteDetails, backends }: Pick<DeployedTable, 'siteDetails' | 'backends'>,
  site: string,
): readonly AgentKind[] {
  const hasPrinter = backends.some((backend) => backend.kind === 'printer' && backend.site === site)
  return siteDetails?.[site]?.agents ?? (hasPrinter ? ['edge', 'print'] : ['edge'])
}

export function retentionOf({ retention }: Pick<DeployedTable, 'retention'>): Retention {
  return retention ?? DEFAULT_RETENTION
}

/** That of the notices, which whoever runs the gateway chose. */
export function languageOf({ notices }: Pick<DeployedTable, 'notices'>): Language {
  return notices?.language ?? 'en'
}
