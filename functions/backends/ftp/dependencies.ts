import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { readObject } from '../../storage/faxes-bucket.ts'
import type { FtpDependencies } from './deliver-ftp.ts'
import type { FtpEnvironment } from './environment.ts'
import { makeSecretCache } from './secret-cache.ts'
import { makeSecretReader } from './secret-reader.ts'
import { uploadFile } from './upload.ts'

export function makeFtpDependencies(environment: FtpEnvironment): FtpDependencies {
  const requestHandler = {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
    // The request's limit ends with the answer's headers; this one holds for the body.
    socketTimeout: 10_000,
  }
  const s3 = new S3Client({ requestHandler })
  const readSecret = makeSecretReader(new SecretsManagerClient({ requestHandler }))
  return {
    readObject: (key) => readObject(s3, environment.FAXES_BUCKET, key),
    // Lives as long as the function's process, and with it from fax to fax.
    secrets: makeSecretCache(readSecret, () => new Date()),
    upload: uploadFile,
    // Of the function's 120 s; the rest is for S3, the secret and the ledger.
    uploadLimitMilliseconds: 75_000,
  }
}
