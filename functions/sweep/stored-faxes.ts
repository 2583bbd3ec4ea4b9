import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { PREFIXES, parseIncomingKey } from '../../shared/object-keys.ts'
import type { StoredFax } from './pair.ts'

/** As the ids of that second's faxes begin. */
const stampOf = (instant: Date) => `${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`

/**
 * The files under incoming/ of faxes that were received from then and before, in the order of fax ids: keys of a site sort by them, so that
 * a listing starts where it is wanted however much is kept.
 */
export async function* storedBetween(
  s3: S3Client,
  bucket: string,
  { from, to }: { from: Date; to: Date },
): AsyncGenerator<StoredFax> {
  const prefixes = await sitePrefixes(s3, bucket)
  const sites = prefixes.map((prefix) =>
    listSite(s3, bucket, { prefix, from: stampOf(from), to: stampOf(to) }),
  )
  const open = await Promise.all(sites.map(async (site) => ({ site, head: await site.next() })))
  for (;;) {
    let first: (typeof open)[number] | undefined
    for (const one of open) {
      if (one.head.done === true) continue
      if (first === undefined || first.head.done === true || one.head.value.faxId < first.head.value.faxId)
        first = one
    }
    if (first === undefined || first.head.done === true) return
    yield first.head.value
    first.head = await first.site.next()
  }
}

async function sitePrefixes(s3: S3Client, bucket: string): Promise<string[]> {
  const { CommonPrefixes = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: PREFIXES.incoming, Delimiter: '/' }),
  )
  return CommonPrefixes.flatMap(({ Prefix }) => Prefix ?? [])
}

async function* listSite(
  s3: S3Client,
  bucket: string,
  { prefix, from, to }: { prefix: string; from: string; to: string },
): AsyncGenerator<StoredFax> {
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        StartAfter: `${prefix}${from}`,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
    )
    for (const {
      Key: key = '',
      Size: sizeBytes = 0,
      LastModified: storedAt = new Date(0),
    } of page.Contents ?? []) {
      if (key >= `${prefix}${to}`) return
      const place = parseIncomingKey(key)
      // What no agent put there has been refused when it came.
      if (place !== undefined) yield { ...place, key, sizeBytes, storedAt }
    }
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
}
