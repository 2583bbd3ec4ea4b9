import type { Authorization } from '../authorization.ts'
import type { AwsError } from '../aws-error.ts'
import type { Answer, Call } from '../http.ts'
import type { Service } from '../server.ts'
import type { Place } from '../stand-in.ts'
import { elements, XML_DECLARATION } from '../xml.ts'
import type { Buckets } from './buckets.ts'
import { copyObject } from './copy-object.ts'
import { getObject } from './get-object.ts'
import { listObjects } from './list-objects.ts'
import { listVersions } from './list-versions.ts'
import { resolveOperation } from './operation.ts'
import { putObject } from './put-object.ts'
import type { WriteDependencies } from './write.ts'

/** S3's REST protocol in path style: http://127.0.0.1:PORT/BUCKET/KEY. */
export function createS3(place: Place, buckets: Buckets): Service {
  const dependencies: WriteDependencies = {
    unfinishedFolder: place.folder('unfinished'),
    secretAccessKey: place.secretAccessKey,
    nowMilliseconds: () => place.clock.nowMilliseconds(),
    created: (creation) => buckets.tell(creation),
  }
  return {
    name: 'S3',
    streams: true,
    async handle(call, _body, authorization) {
      const answer = await perform(dependencies, buckets, call, authorization)
      return { ...answer, headers: { ...answer.headers, 'x-amz-request-id': call.requestId } }
    },
    answerError,
  }
}

async function perform(
  dependencies: WriteDependencies,
  buckets: Buckets,
  call: Call,
  authorization: Authorization,
): Promise<Answer> {
  const { name, bucketName, key } = resolveOperation(call)
  const bucket = buckets.named(bucketName)
  switch (name) {
    case 'PutObject':
      return putObject(dependencies, { bucket, key, call, authorization })
    case 'CopyObject':
      return copyObject(dependencies, buckets, { bucket, key, call })
    case 'GetObject':
    case 'HeadObject':
      return getObject(bucket, key, call)
    case 'DeleteObject':
      bucket.remove(key)
      return { status: 204, headers: {} }
    case 'ListObjectsV2':
      return listObjects(bucket, call)
    case 'ListObjectVersions':
      return listVersions(bucket, call)
  }
}

function answerError(
  { status, code, message, details }: AwsError,
  { method, path, requestId }: Call,
): Answer {
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId }
  if (method === 'HEAD') return { status, headers }
  const described = elements([
    ['Code', code],
    ['Message', message],
    ...Object.entries(details),
    ['Resource', path],
    ['RequestId', requestId],
    ['HostId', 'local'],
  ])
  return { status, headers, body: `${XML_DECLARATION}<Error>${described}</Error>` }
}
