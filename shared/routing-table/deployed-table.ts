import * as z from 'zod'
import { siteSchema } from '../object-keys.ts'
import { templateSchema } from './template.ts'

/** What each kind of backend needs to deliver, checked at synth; a message carries it to the function that delivers. */
export const backendNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/)

export const mailBackendSchema = z.object({
  kind: z.literal('mail'),
  name: backendNameSchema,
  subject: templateSchema,
  body: templateSchema,
  from: z.object({ address: z.string(), name: z.string() }),
})
export const ftpBackendSchema = z.object({
  kind: z.literal('ftp'),
  name: backendNameSchema,
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
  /** CUPS's name of the printer. Absent: CUPS's default printer. */
  printer: z.string().optional(),
  site: siteSchema,
  format: z.enum(['pdf', 'tiff']),
})
export const logBackendSchema = z.object({
  kind: z.literal('log'),
  name: backendNameSchema,
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

const routeSchema = z.object({ backends: z.array(z.string()), recipients: z.array(z.string()) })

/** The checked table as it is bundled with the function that routes. */
export const deployedTableSchema = z.object({
  version: z.literal(1),
  /** IANA name; the zone of the dates in mails, file names and log lines. */
  timeZone: z.string(),
  sites: z.array(siteSchema),
  backends: z.array(backendSchema),
  /** By destination number. */
  numbers: z.record(z.string(), routeSchema),
  /** `dstnum_default`. */
  fallback: routeSchema.optional(),
})
export type DeployedTable = z.infer<typeof deployedTableSchema>
