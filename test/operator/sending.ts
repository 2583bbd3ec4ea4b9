import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { makeDynamoTransmissionQueries } from '../../functions/ledger/dynamo-queries.ts'
import { makeDynamoTransmissions } from '../../functions/ledger/dynamo-transmissions.ts'
import { ended } from '../../functions/ledger/sample-transmission.ts'
import { textPdf } from '../../functions/submit/rasterise/testing/pdfs.ts'
import type { RunningGateway } from '../../local/gateway.ts'
import { makeFaxId } from '../../shared/fax-id.ts'
import type { TransmissionRecord, TransmissionState } from '../../shared/ledger/transmission-record.ts'
import { outgoingKey, transmissionIdOf } from '../../shared/transmission/keys.ts'
import { requestToMetadata } from '../../shared/transmission/send-request.ts'
import type { TransmissionEvent, TransmissionReport } from '../../shared/transmission/transmit-job.ts'
import type { Script } from '../scripted-edge-agent.ts'
import { waitFor } from '../wait-for.ts'

const SENT = ended('sent', {
  text: 'The fax was sent: one page was confirmed.',
  pagesSent: 1,
  callSeconds: 42,
  rate: 14_400,
  remoteStationId: 'THEIR FAX',
  foreign: { status: 'SUCCESS', error: 'HANGUP', statusText: 'OK', hangupCause: 16 },
})

/** What each number comes to. Where no end is told, the call goes on. */
const CALLS: Record<string, TransmissionEvent[]> = {
  '0112697841': [SENT],
  '0112697842': [
    ended('unallocated', {
      text: 'There is no such number.',
      foreign: { hangupCause: 1, hangupText: 'Unallocated (unassigned) number' },
    }),
  ],
  '0112697843': [],
  '0112697844': [{ event: 'sending', pagesSent: 0, rate: 14_400, remoteStationId: 'THEIR FAX' }],
  '0112697845': [
    ended('unknown', {
      text: 'The agent or the PBX was cut off in the middle: whether the fax went out is not known.',
    }),
  ],
}

export const script: Script = ({ destination }) => CALLS[destination] ?? [SENT]

/** Faxes that are to be sent by the gateway of an operator. */
export function makeSending(gateway: RunningGateway) {
  const s3 = new S3Client({ ...gateway, forcePathStyle: true })
  const sqs = new SQSClient(gateway)
  const dynamoDb = new DynamoDBClient({ ...gateway, endpoint: gateway.dynamoDbEndpoint })
  const queries = makeDynamoTransmissionQueries(dynamoDb, gateway.ledgerTable)
  const environment = { LEDGER_TABLE: gateway.ledgerTable, LEDGER_DAYS: '3653' }
  const ledger = makeDynamoTransmissions(dynamoDb, environment)
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)
  return {
    /** Puts a letter under outgoing/, as any tool does. */
    async send(destination: string, at?: Date): Promise<string> {
      const putAt = new Date()
      const Key = outgoingKey({ site: 'main', documentId: makeFaxId(putAt, destination) })
      const Metadata = requestToMetadata({
        to: [destination],
        ...(at === undefined ? {} : { at: at.toISOString() }),
      })
      await s3.send(new PutObjectCommand({ Bucket: gateway.bucket, Key, Body: await textPdf(1), Metadata }))
      return transmissionIdOf({ key: Key, destination, putAt })
    },
    async reached(id: string, state: TransmissionState): Promise<TransmissionRecord> {
      return waitFor(async () => {
        const record = await queries.transmission(id)
        return record?.state === state ? record : undefined
      })
    },
    /** One like another, of some hours ago: its site has dialled, and told nothing since; or its document was never put. */
    async leave(state: 'dialling' | 'accepted', like: TransmissionRecord): Promise<string> {
      const { closedAt: _, rasterised, ...record } = like
      const takenAt = hoursAgo(state === 'accepted' ? 6 : 5)
      const id = makeFaxId(takenAt, state)
      const documentKey = outgoingKey({ site: 'main', documentId: id })
      const left = {
        ...record,
        id,
        documentKey,
        history: [],
        openedAt: hoursAgo(5).toISOString(),
        revision: 0,
      }
      if (state === 'accepted') await ledger.addTransmission({ ...left, state, way: 'http' })
      else {
        const dialledAt = hoursAgo(4).toISOString()
        await ledger.addTransmission({ ...left, state, dialledAt, ...(rasterised && { rasterised }) })
      }
      return id
    },
    /** Its agent is back, and knows how the first attempt ended. */
    async tellSent(id: string): Promise<void> {
      const transmission = { id, attempt: 1, at: hoursAgo(3.9).toISOString(), progress: SENT }
      const report: TransmissionReport = { version: 1, transmission }
      const QueueUrl = gateway.reportsQueues.main
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(report) }))
    },
    close() {
      for (const client of [s3, sqs, dynamoDb]) client.destroy()
    },
  }
}
