import { createHash } from 'node:crypto'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { RunningGateway } from '../local/gateway.ts'
import { claimKey } from '../shared/transmission/keys.ts'
import {
  type TransmissionEvent,
  type TransmissionReport,
  type TransmitJob,
  transmitJobSchema,
} from '../shared/transmission/transmit-job.ts'

/** What the agent reports of an attempt, in order. */
export type Script = (job: TransmitJob) => TransmissionEvent[]

export interface ScriptedEdgeAgent {
  /** Every attempt that it claimed, in order, with the TIFF that it fetched. */
  attempts: { job: TransmitJob; tiff: Uint8Array }[]
  stop(): Promise<void>
}

/** Stands where a site's edge agent and its PBX are: takes jobs, fetches and checks the pages, claims the attempt, and reports by its script. */
export async function startScriptedEdgeAgent(
  gateway: RunningGateway,
  { queueName, script }: { queueName: string; script: Script },
): Promise<ScriptedEdgeAgent> {
  const sqs = new SQSClient(gateway)
  const s3 = new S3Client({ ...gateway, forcePathStyle: true })
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }))
  const attempts: ScriptedEdgeAgent['attempts'] = []
  const stopping = new AbortController()

  async function serve(job: TransmitJob): Promise<void> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: gateway.bucket, Key: job.key }))
    const tiff = (await Body?.transformToByteArray()) ?? new Uint8Array()
    const sha256 = createHash('sha256').update(tiff).digest('base64')
    if (sha256 !== job.sha256 || tiff.length !== job.sizeBytes) throw new Error('The pages are other ones.')
    if (!(await claim(job))) return report(job, CANCELED)
    attempts.push({ job, tiff })
    for (const progress of [{ event: 'dialling' } as const, ...script(job)]) await report(job, progress)
  }

  async function claim(job: TransmitJob): Promise<boolean> {
    try {
      await s3.send(
        new PutObjectCommand({ Bucket: gateway.bucket, Key: claimKey(job), Body: '{}', IfNoneMatch: '*' }),
      )
      return true
    } catch (error) {
      if (error instanceof Error && error.name === 'PreconditionFailed') return false
      throw error
    }
  }

  async function report({ transmissionId, site, attempt }: TransmitJob, progress: TransmissionEvent) {
    const at = new Date().toISOString()
    const message: TransmissionReport = {
      version: 1,
      transmission: { id: transmissionId, attempt, at, progress },
    }
    await sqs.send(
      new SendMessageCommand({ QueueUrl: gateway.reportsQueues[site], MessageBody: JSON.stringify(message) }),
    )
  }

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }),
        { abortSignal: stopping.signal },
      )
      for (const { Body = '', ReceiptHandle } of Messages) {
        await serve(transmitJobSchema.parse(JSON.parse(Body)))
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      }
    }
  }

  const polling = poll().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  return {
    attempts,
    async stop() {
      stopping.abort()
      await polling
      sqs.destroy()
      s3.destroy()
    },
  }
}

const CANCELED: TransmissionEvent = {
  event: 'ended',
  cause: 'canceled',
  text: 'It was canceled before it was dialled.',
  pagesSent: 0,
  callSeconds: 0,
  foreign: {},
}
