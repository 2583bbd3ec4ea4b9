import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { s3Incoming } from '../agents/edge/s3-incoming.ts'
import { uploadFax } from '../agents/edge/upload.ts'
import { realWaiting } from '../agents/waiting.ts'
import type { RunningGateway } from './gateway.ts'
import { assertLoopback } from './loopback.ts'
import type { Submission } from './samples.ts'
import type { ShownEvent } from './show/events.ts'

type Uploaded = Extract<ShownEvent, { event: 'uploaded' }>

/** Hands faxes to a local gateway, by the code and the credentials with which an edge agent does. */
export function makeSubmit(
  gateway: RunningGateway,
  fileOf: (key: string) => string,
): (submission: Submission) => Promise<Uploaded> {
  assertLoopback(gateway.endpoint)
  const { endpoint, region, credentials, bucket, sites } = gateway
  const incoming = s3Incoming(new S3Client({ endpoint, region, credentials, forcePathStyle: true }), {
    bucket,
  })
  const [site] = sites
  if (site === undefined) throw new Error('The gateway has no site that could receive a fax.')
  return async ({ file, from, to, stationId, error }) => {
    const facts = {
      source: from,
      destination: to,
      ...(stationId === undefined ? {} : { stationId }),
      ...(error === undefined ? {} : { status: 'FAILED', error }),
      // A call of its own each time, so that the same file sent twice is two faxes.
      callId: randomUUID(),
      receivedAt: new Date().toISOString(),
    }
    const { faxId, key, sizeBytes } = await uploadFax(
      { incoming, waiting: realWaiting, log: () => {} },
      { site, file, facts },
    )
    return {
      event: 'uploaded',
      fax: faxId,
      file: basename(file),
      from,
      to,
      bytes: sizeBytes,
      where: fileOf(key),
    }
  }
}
