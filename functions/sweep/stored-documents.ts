import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { PREFIXES } from '../../shared/object-keys.ts'
import type { StoredObject } from './pair.ts'

/** The documents under outgoing/ that were put from then and before. Their names are anybody's, so that all that is kept is listed. */
export async function* documentsBetween(
  s3: S3Client,
  bucket: string,
  { from, to }: { from: Date; to: Date },
): AsyncGenerator<StoredObject> {
  for await (const document of list(s3, bucket, PREFIXES.outgoing))
    if (document.storedAt >= from && document.storedAt < to) yield document
}

/** Undefined when it is gone. By a listing: the sweep may read no document. */
export async function findDocument(
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<StoredObject | undefined> {
  // In a listing, a key comes before all that are longer.
  for await (const document of list(s3, bucket, key)) return document.key === key ? document : undefined
  return undefined
}

async function* list(s3: S3Client, bucket: string, prefix: string): AsyncGenerator<StoredObject> {
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
    )
    for (const { Key, Size: sizeBytes = 0, LastModified } of page.Contents ?? []) {
      if (Key !== undefined && LastModified !== undefined)
        yield { key: Key, sizeBytes, storedAt: LastModified }
    }
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
}
