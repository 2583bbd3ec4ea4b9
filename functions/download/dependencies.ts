import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import type { DownloadDependencies } from './download.ts'
import type { DownloadEnvironment } from './environment.ts'
import { makeLinkStore } from './link-store.ts'
import { makeUrlSigner } from './url-signer.ts'

export function makeDownloadDependencies(environment: DownloadEnvironment): DownloadDependencies {
  const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true }
  const links = makeLinkStore(new DynamoDBClient({ requestHandler }), environment.LEDGER_TABLE)
  return {
    findLink: links.find,
    signUrl: makeUrlSigner(new S3Client({}), environment.FAXES_BUCKET),
    now: () => new Date(),
  }
}
