import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { type DeliveryMessage, deliveryMessageSchema } from '../../shared/messages.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type { BackendKind, BackendOf } from '../../shared/routing-table/deployed-table.ts'
import { BACKENDS, type FunctionKind } from '../backends/list.ts'
import { readEnvironment } from '../environment.ts'
import { makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeCount } from '../metrics.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { MAX_RECEIVES } from '../queues/redrive.ts'
import { sendDelivery } from '../queues/send.ts'
import type { Attempt } from './attempt.ts'
import { deliver } from './deliver.ts'

const environmentSchema = z.object({
  LEDGER_TABLE: z.string(),
  METRICS_NAMESPACE: z.string(),
  /** The queue that the function is fed from; a retry goes back there with a delay. */
  QUEUE_URL: z.url(),
})

/** The Lambda handler of one kind of backend. Made at cold start: an environment that lacks something fails there. */
export function makeDeliveryHandler<Kind extends FunctionKind>(
  kind: Kind,
  attempt: (attempt: Attempt<Kind>) => Promise<Outcome>,
): (event: unknown) => Promise<BatchResponse> {
  const { LEDGER_TABLE, METRICS_NAMESPACE, QUEUE_URL } = readEnvironment(environmentSchema)
  const sqs = new SQSClient({})
  const now = () => new Date()
  const dependencies = {
    ledger: makeDynamoLedger(new DynamoDBClient({}), LEDGER_TABLE),
    attempt,
    sendLater: (message: DeliveryMessage, delaySeconds: number) =>
      sendDelivery(sqs, QUEUE_URL, message, delaySeconds),
    count: makeCount(METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
    now,
    // Twice the time limit: a function that is stopped at its limit never outlives its lease.
    leaseSeconds: 2 * BACKENDS[kind].timeoutSeconds,
  }
  return (event) =>
    workOnBatch(event, async ({ body, receives }) => {
      const message = ofKind(kind, deliveryMessageSchema.parse(JSON.parse(body)))
      const record = await deliver(dependencies, { message, lastReceive: receives >= MAX_RECEIVES })
      console.info({ event: 'delivery', faxId: record.faxId, backend: record.backend, state: record.state })
    })
}

function ofKind<Kind extends BackendKind>(
  kind: Kind,
  message: DeliveryMessage,
): DeliveryMessage & { backend: BackendOf<Kind> } {
  if (!isOfKind(kind, message)) {
    throw new Error(
      `A delivery to ${message.backend.name} (${message.backend.kind}) is on the queue of ${kind}.`,
    )
  }
  return message
}

function isOfKind<Kind extends BackendKind>(
  kind: Kind,
  message: DeliveryMessage,
): message is DeliveryMessage & { backend: BackendOf<Kind> } {
  return message.backend.kind === kind
}
