import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { tagOf } from '../../functions/backends/mail/mail-events.ts'
import { claim, openDelivery, settle } from '../../functions/ledger/delivery-transitions.ts'
import { makeDynamoLedger } from '../../functions/ledger/dynamo-ledger.ts'
import { makeDynamoQueries } from '../../functions/ledger/dynamo-queries.ts'
import type { RunningGateway } from '../../local/gateway.ts'
import { type Facts, factsToMetadata } from '../../shared/facts.ts'
import { makeFaxId } from '../../shared/fax-id.ts'
import { agentSortKey, sitePartition } from '../../shared/ledger/heartbeat-record.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import { incomingKey } from '../../shared/object-keys.ts'
import { delivered, retry } from '../../shared/outcome.ts'

/** What went wrong before the gateway was started: an event that its function gave up on lies among the dead letters. */
export async function leaveDeadLetter(home: string): Promise<void> {
  const folder = join(home, 'queues')
  await mkdir(folder, { recursive: true })
  const sentAt = new Date(Date.now() - 3 * 3_600_000).toISOString()
  const object = { key: 'incoming/main/20261125T063011Z-9pncjvmdn1vq.tif', size: 17150 }
  const record = {
    eventName: 'ObjectCreated:Put',
    eventTime: sentAt,
    s3: { bucket: { name: 'faxlane-000000000000-eu-west-1' }, object },
  }
  const message = {
    id: randomUUID(),
    body: JSON.stringify({ Records: [record] }),
    attributes: {},
    sentAt,
    visibleAt: sentAt,
    receiveCount: 5,
    deadLetterSourceArn: 'arn:aws:sqs:eu-west-1:000000000000:faxlane-arrivals',
  }
  await writeFile(join(folder, 'faxlane-arrivals-dead.jsonl'), `${JSON.stringify(message)}\n`)
}

const clientsOf = ({ endpoint, dynamoDbEndpoint, region, credentials }: RunningGateway) => ({
  s3: new S3Client({ endpoint, region, credentials, forcePathStyle: true }),
  sqs: new SQSClient({ endpoint, region, credentials }),
  dynamoDb: new DynamoDBClient({ endpoint: dynamoDbEndpoint, region, credentials }),
})

/** Things that happen around a gateway, and times that have passed. */
export function makeWorld(gateway: RunningGateway) {
  const { s3, sqs, dynamoDb } = clientsOf(gateway)
  const ledger = makeDynamoLedger(dynamoDb, { LEDGER_TABLE: gateway.ledgerTable, LEDGER_DAYS: '3653' })
  return {
    queries: makeDynamoQueries(dynamoDb, gateway.ledgerTable),
    /** What an edge agent uploads: a fax, or what it got instead. */
    async upload(bytes: Uint8Array, facts: Partial<Facts>): Promise<string> {
      const callId = randomUUID()
      const all: Facts = { receivedAt: new Date().toISOString(), callId, ...facts }
      const faxId = makeFaxId(new Date(all.receivedAt), callId)
      const Key = incomingKey({ site: 'main', faxId })
      await s3.send(
        new PutObjectCommand({
          Bucket: gateway.bucket,
          Key,
          Body: bytes,
          Metadata: factsToMetadata(all),
          IfNoneMatch: '*',
        }),
      )
      return faxId
    },
    /** What SES says when the server of a recipient sends a mail back. */
    async bounce(faxId: string, backend: string): Promise<void> {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'faxlane-mail-events' }))
      const recipient = {
        emailAddress: 'gone@example.org',
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 user unknown',
      }
      const event = {
        eventType: 'Bounce',
        bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: [recipient] },
        mail: { tags: { fax: [faxId], backend: [tagOf(backend)] } },
      }
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }))
    },
    /** A fax of three hours ago: its message to `log` vanished, and of its mail nobody knew for a while. */
    async leaveStuckFax(): Promise<string> {
      const at = new Date(Date.now() - 3 * 3_600_000)
      const id = makeFaxId(at, 'stuck')
      const later = new Date(at.getTime() + 125_000)
      const fax: FaxRecord = {
        id,
        site: 'main',
        state: 'routed',
        facts: { source: '0478123456', destination: '100', receivedAt: at.toISOString() },
        tiffKey: incomingKey({ site: 'main', faxId: id }),
        tiffBytes: 17150,
        pdfKey: `pdf/main/${id}.pdf`,
        pdfBytes: 19800,
        pages: 1,
        backends: ['mail', 'log'],
        openedAt: at.toISOString(),
        closedAt: at.toISOString(),
        revision: 0,
      }
      await ledger.addFax(fax)
      const first = claim(openDelivery(id, { name: 'mail', kind: 'mail' }, at), at, 60)
      if (first === undefined) throw new Error('A new delivery could not be claimed.')
      const unsure = settle(
        first,
        retry('no answer from SES', { code: 'TimeoutError', maybeDelivered: true }),
        at,
        60,
      )
      const second = claim(unsure, later, 60)
      if (second === undefined) throw new Error('A delivery that was due could not be claimed.')
      await ledger.addDelivery(
        settle(second, delivered('0102019e-sample-000000', 'taken by SES'), later, undefined),
      )
      await ledger.addDelivery(openDelivery(id, { name: 'log', kind: 'log' }, at))
      return id
    },
    /** An agent that was last heard of so long ago. */
    async silence(agent: 'edge' | 'print', minutes: number): Promise<void> {
      const at = new Date(Date.now() - minutes * 60_000).toISOString()
      const Item = {
        pk: sitePartition('main'),
        sk: agentSortKey(agent),
        site: 'main',
        agent,
        at,
        heardAt: at,
        waiting: 3,
      }
      await DynamoDBDocumentClient.from(dynamoDb).send(
        new PutCommand({ TableName: gateway.ledgerTable, Item }),
      )
    },
    close() {
      for (const client of [s3, sqs, dynamoDb]) client.destroy()
    },
  }
}
