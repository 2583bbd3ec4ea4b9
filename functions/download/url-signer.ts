import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { FORMATS } from '../../shared/file-name.ts'
import type { DownloadDependencies } from './download.ts'

/** Signed at each click: a URL signed when the mail was sent would end with the session of the function that sent it. */
const URL_LIFETIME_SECONDS = 300

export function makeUrlSigner(client: S3Client, bucket: string): DownloadDependencies['signUrl'] {
  return ({ key, format, fileName }, method) => {
    const object = {
      Bucket: bucket,
      Key: key,
      ResponseCacheControl: 'no-store',
      ResponseContentType: FORMATS[format].contentType,
      ResponseContentDisposition: `attachment; filename="${fileName}"`,
    }
    const command = method === 'GET' ? new GetObjectCommand(object) : new HeadObjectCommand(object)
    return getSignedUrl(client, command, { expiresIn: URL_LIFETIME_SECONDS })
  }
}
