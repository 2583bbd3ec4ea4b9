import { AwsError } from '../aws-error.ts'
import type { Answer } from '../http.ts'
import { elements, XML_DECLARATION } from '../xml.ts'
import type { Buckets } from './buckets.ts'
import { readDescription, type Target, type WriteDependencies, writeObject } from './write.ts'

/** The whole object, its metadata kept or replaced. */
export async function copyObject(
  dependencies: WriteDependencies,
  buckets: Buckets,
  target: Target,
): Promise<Answer> {
  const { bucket, key, call } = target
  const source = readSource(call.headers['x-amz-copy-source'] ?? '')
  const sourceBucket = buckets.named(source.bucketName)
  const original = sourceBucket.find(source.key)
  if (original === undefined)
    throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: source.key })
  const replaces = call.headers['x-amz-metadata-directive'] === 'REPLACE'
  if (sourceBucket === bucket && source.key === key && !replaces)
    throw new AwsError(
      400,
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.",
    )
  const record = await writeObject(dependencies, target, async (temporaryPath) => {
    sourceBucket.copyTo(source.key, temporaryPath)
    const lastModified = new Date(dependencies.nowMilliseconds()).toISOString()
    return { ...original, ...(replaces && readDescription(call.headers)), key, lastModified }
  })
  dependencies.created({ bucket, record, operation: 'Copy', requestId: call.requestId })
  const result = elements([
    ['LastModified', record.lastModified],
    ['ETag', `"${record.eTag}"`],
  ])
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'x-amz-server-side-encryption': 'AES256' },
    body: `${XML_DECLARATION}<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${result}</CopyObjectResult>`,
  }
}

function readSource(header: string): { bucketName: string; key: string } {
  try {
    const match = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(header))
    if (match?.[1] && match[2]) return { bucketName: match[1], key: match[2] }
  } catch (error) {
    if (!(error instanceof URIError)) throw error
  }
  throw new AwsError(
    400,
    'InvalidArgument',
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    { ArgumentName: 'x-amz-copy-source', ArgumentValue: header },
  )
}
