import * as z from 'zod'
import { AwsError, UnknownRequest } from '../aws-error.ts'
import { action, jsonService } from '../json-protocol.ts'
import type { Service } from '../server.ts'
import type { Secrets } from './secrets.ts'

const secretSchema = z.object({ SecretId: z.string() })
const getSchema = secretSchema.extend({
  VersionId: z.string().optional(),
  VersionStage: z.string().default('AWSCURRENT'),
})
const putSchema = secretSchema.extend({
  SecretString: z.string().optional(),
  SecretBinary: z.string().optional(),
})

export function createSecretsManager(secrets: Secrets): Service {
  const actions = {
    GetSecretValue: action(getSchema, (input) => getSecretValue(secrets, input)),
    PutSecretValue: action(putSchema, (input) => putSecretValue(secrets, input)),
    DescribeSecret: action(secretSchema, (input) => describeSecret(secrets, input)),
  }
  return jsonService({
    name: 'Secrets Manager',
    version: '1.1',
    actions,
    errorCodes: ERROR_CODES,
    errorNamespace: 'com.amazonaws.secretsmanager',
  })
}

function getSecretValue(
  secrets: Secrets,
  { SecretId, VersionId, VersionStage }: z.infer<typeof getSchema>,
): object {
  const name = secrets.resolve(SecretId)
  const version = secrets.version(name)
  const missing =
    version === undefined || VersionStage !== 'AWSCURRENT' ? `staging label: ${VersionStage}` : undefined
  const other =
    VersionId !== undefined && VersionId !== version?.versionId ? `VersionId: ${VersionId}` : undefined
  if (version === undefined || missing !== undefined || other !== undefined)
    throw new AwsError(
      400,
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${other ?? missing}`,
    )
  return {
    ARN: secrets.arnOf(name),
    Name: name,
    VersionId: version.versionId,
    SecretString: secrets.read(name),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: version.changedSeconds,
  }
}

function putSecretValue(
  secrets: Secrets,
  { SecretId, SecretString, SecretBinary }: z.infer<typeof putSchema>,
): object {
  if (SecretBinary !== undefined)
    throw new UnknownRequest(
      400,
      'InvalidParameterException',
      'Secrets Manager PutSecretValue with SecretBinary',
    )
  if (SecretString === undefined)
    throw new AwsError(
      400,
      'InvalidRequestException',
      'You must provide either SecretString or SecretBinary.',
    )
  const name = secrets.resolve(SecretId)
  secrets.put(name, SecretString)
  return {
    ARN: secrets.arnOf(name),
    Name: name,
    VersionId: secrets.version(name)?.versionId,
    VersionStages: ['AWSCURRENT'],
  }
}

function describeSecret(secrets: Secrets, { SecretId }: z.infer<typeof secretSchema>): object {
  const name = secrets.resolve(SecretId)
  const version = secrets.version(name)
  return {
    ARN: secrets.arnOf(name),
    Name: name,
    ...(version && {
      LastChangedDate: version.changedSeconds,
      VersionIdsToStages: { [version.versionId]: ['AWSCURRENT'] },
    }),
  }
}

const ERROR_CODES = {
  InvalidAccessKeyId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  AuthorizationHeaderMalformed: 'IncompleteSignatureException',
  InternalError: 'InternalServiceError',
}
