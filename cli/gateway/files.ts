import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { GatewayFiles } from './gateway.ts'

/** The faxes' bucket. */
export function makeFiles(client: S3Client, bucket: string): GatewayFiles {
  return {
    async read(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        return await Body?.transformToByteArray()
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined
        throw error
      }
    },
    async putNew({ key, bytes, metadata, contentType = 'image/tiff' }) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: bytes,
          ContentLength: bytes.length,
          ContentType: contentType,
          Metadata: metadata,
          IfNoneMatch: '*',
        }),
      )
    },
  }
}
