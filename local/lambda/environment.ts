import { createHash } from 'node:crypto'
import type { Statement } from '../aws/iam/policy.ts'

/** One function of the template, with every value resolved. */
export interface LocalFunction {
  name: string
  arn: string
  /** The asset: the folder that a deployment would zip. */
  assetFolder: string
  /** FILE.EXPORT, as index.handler. */
  handler: string
  environment: Record<string, string>
  timeoutSeconds: number
  memoryMegabytes: number
  /** Of its role. Undefined where a template gives it none: then it has the rights of the account's owner. */
  permissions?: readonly Statement[]
}

/** What all functions of a local gateway share. */
export interface FunctionHost {
  region: string
  accessKeyId: string
  secretAccessKey: string
  endpoint: string
  dynamoDbEndpoint: string
  /** Where a host and port of an FTP backend lead, and the authority of the certificates there. */
  redirects: readonly Redirect[]
  certificateAuthority?: string | undefined
}
export interface Redirect {
  host: string
  port: number
  toPort: number
}

/** The key by which the stand-in for AWS knows the function, and what its role lets it do. */
export function accessKeyOf({ name }: Pick<LocalFunction, 'name'>): string {
  return `AKIALOCAL${createHash('sha256').update(name).digest('hex').slice(0, 11).toUpperCase()}`
}

/**
 * The whole environment of a function's process. It is built from nothing: what the user's shell says about AWS (a profile, a
 * session, an endpoint) must not reach a function, and a function must not depend on it.
 */
export function functionEnvironment(
  definition: LocalFunction,
  host: FunctionHost,
  runtimeApi: string,
): Record<string, string> {
  const { redirects, certificateAuthority } = host
  return {
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...definition.environment,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: definition.assetFolder,
    _HANDLER: definition.handler,
    AWS_REGION: host.region,
    AWS_DEFAULT_REGION: host.region,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_ACCESS_KEY_ID: definition.permissions === undefined ? host.accessKeyId : accessKeyOf(definition),
    AWS_SECRET_ACCESS_KEY: host.secretAccessKey,
    AWS_ENDPOINT_URL: host.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: host.dynamoDbEndpoint,
    // The SDK reads ~/.aws for a profile's settings unless it is told to look elsewhere.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    FAXLANE_LOOPBACK: JSON.stringify({ redirects, certificateAuthority }),
  }
}
