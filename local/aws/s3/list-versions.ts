import { type Answer, type Call, queryValue } from '../http.ts'
import { elements, XML_DECLARATION } from '../xml.ts'
import type { Bucket } from './bucket.ts'

/** The versions of a bucket that has one of each object, as S3 gives those of a bucket without versioning. All on one page. */
export async function listVersions(bucket: Bucket, { query }: Call): Promise<Answer> {
  const prefix = queryValue(query, 'prefix') ?? ''
  const encode = queryValue(query, 'encoding-type') === 'url' ? encodeURIComponent : (text: string) => text
  const keys = (await bucket.keys()).filter((key) => key.startsWith(prefix))
  const versions = keys.map((key) => {
    const version = elements([
      ['Key', encode(key)],
      ['VersionId', 'null'],
      ['IsLatest', true],
      ['LastModified', bucket.find(key)?.lastModified],
      ['Size', bucket.find(key)?.sizeBytes],
    ])
    return `<Version>${version}</Version>`
  })
  const head = elements([
    ['Name', bucket.name],
    ['Prefix', encode(prefix)],
    ['IsTruncated', false],
  ])
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `${XML_DECLARATION}<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${head}${versions.join('')}</ListVersionsResult>`,
  }
}
