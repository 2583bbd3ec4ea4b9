import type { Node } from 'constructs'
import * as z from 'zod'
import { ConfigurationError } from './configuration-error.ts'

/** What `-c KEY=VALUE` sets. */
const settingsSchema = z.strictObject({
  /** The routing table's file. */
  config: z.string().min(1),
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,23}$/,
      'is the beginning of a bucket name: a lower-case letter, then letters, digits and hyphens, at most 24 in all',
    ),
  identities: z.enum(['create', 'existing']),
  /** Where bundles are built. */
  build: z.string().min(1),
  /** A key of KMS's for the faxes, the ledger and the passwords, in the place of AWS's own. */
  key: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-f-]+$/,
      'is the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID',
    )
    .optional(),
  /** The bucket that S3 writes down in who read and wrote which fax. */
  accessLogs: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{2,62}$/, 'is no name of a bucket')
    .optional(),
})
export type Settings = z.infer<typeof settingsSchema>

const DEFAULTS: Settings = {
  config: 'config/fax.conf',
  name: 'faxlane',
  identities: 'create',
  build: '.build',
}

const SETTINGS = settingsSchema.keyof().options

/** Throws a ConfigurationError that names each setting that does not hold. */
export function readSettings(node: Node): Settings {
  const defaults: Partial<Settings> = DEFAULTS
  const given = SETTINGS.map((key) => [key, node.tryGetContext(key) ?? defaults[key]])
  const parsed = settingsSchema.safeParse(
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  )
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => {
    const key = path.join('.')
    return `-c ${key}=${String(node.tryGetContext(key))}: ${message}`
  })
  throw new ConfigurationError(problems.join('\n'))
}
