import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { isThere } from '../storage/faxes-bucket.ts'
import type { DownloadDependencies } from './download.ts'
import type { DownloadEnvironment } from './environment.ts'
import { makeLinkStore } from './link-store.ts'
import { makeUrlSigner } from './url-signer.ts'

export function makeDownloadDependencies(environment: DownloadEnvironment): DownloadDependencies {
  const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true }
  const s3 = new S3Client({ requestHandler })
  const links = makeLinkStore(new DynamoDBClient({ requestHandler }), environment.LEDGER_TABLE)
  return {
    findLink: links.find,
    isThere: (key) => isThere(s3, environment.FAXES_BUCKET, key),
    signUrl: makeUrlSigner(s3, environment.FAXES_BUCKET),
    now: () => new Date(),
  }
}
