import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { makeLinkStore } from '../../download/link-store.ts'
import { endOfObject, readObject } from '../../storage/faxes-bucket.ts'
import type { MailDependencies } from './deliver-mail.ts'
import type { MailEnvironment } from './environment.ts'
import { makeLinkMaker } from './link-maker.ts'
import { makeSesClient, makeSesMailer } from './ses-mailer.ts'

export function makeMailDependencies(environment: MailEnvironment): MailDependencies {
  const requestHandler = {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
    // The request's limit ends with the answer's headers; this one holds for the body.
    socketTimeout: 10_000,
  }
  const s3 = new S3Client({ requestHandler })
  const links = makeLinkStore(new DynamoDBClient({ requestHandler }), environment.LEDGER_TABLE)
  const makeLink = makeLinkMaker(links, environment.LINK_URL, () => new Date())
  return {
    readObject: (key) => readObject(s3, environment.FAXES_BUCKET, key),
    sendRaw: makeSesMailer(makeSesClient(), environment.MAIL_CONFIGURATION_SET),
    makeLink: async (file) =>
      makeLink({ ...file, endsAt: await endOfObject(s3, environment.FAXES_BUCKET, file.key) }),
  }
}
