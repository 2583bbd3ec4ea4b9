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
})
export type Settings = z.infer<typeof settingsSchema>

const DEFAULTS: Settings = {
  config: 'config/fax.conf',
  name: 'faxlane',
  identities: 'create',
  build: '.build',
}

/** Throws a ConfigurationError that names each setting that does not hold. */
export function readSettings(node: Node): Settings {
  const given = Object.entries(DEFAULTS).map(([key, value]) => [key, node.tryGetContext(key) ?? value])
  const parsed = settingsSchema.safeParse(Object.fromEntries(given))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => {
    const key = path.join('.')
    return `-c ${key}=${String(node.tryGetContext(key))}: ${message}`
  })
  throw new ConfigurationError(problems.join('\n'))
}
