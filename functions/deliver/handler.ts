import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { type DeliveryMessage, deliveryMessageSchema } from '../../shared/messages.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type { BackendKind, BackendOf } from '../../shared/routing-table/deployed-table.ts'
import type { FunctionKind } from '../backends/list.ts'
import { readEnvironment } from '../environment.ts'
import { ledgerEnvironmentSchema, makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeCount } from '../metrics.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { MAX_RECEIVES } from '../queues/redrive.ts'
import { LONGEST_DELAY_SECONDS, sendDelivery } from '../queues/send.ts'
import type { Attempt } from './attempt.ts'
import { deliver } from './deliver.ts'
import { giveUpEnvironmentSchema, makeGiveUp } from './give-up-queues.ts'

const environmentSchema = z.object({
  ...ledgerEnvironmentSchema.shape,
  ...giveUpEnvironmentSchema.shape,
  METRICS_NAMESPACE: z.string(),
  /** The queue that the function is fed from; a retry goes back there with a delay. */
  QUEUE_URL: z.url(),
})

/** Clocks of two execution environments may differ by a little. */
const LEASE_MARGIN_SECONDS = 5

/** What we use of what Lambda hands to a function beside the event. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number
}

/** The Lambda handler of one kind of backend. Made at cold start: an environment that lacks something fails there. */
export function makeDeliveryHandler<Kind extends FunctionKind>(
  kind: Kind,
  attempt: (attempt: Attempt<Kind>) => Promise<Outcome>,
): (event: unknown, context: InvocationContext) => Promise<BatchResponse> {
  const environment = readEnvironment(environmentSchema)
  const { METRICS_NAMESPACE, QUEUE_URL } = environment
  const sqs = new SQSClient({})
  const now = () => new Date()
  const dependencies = {
    ledger: makeDynamoLedger(new DynamoDBClient({}), environment),
    attempt,
    sendLater: (message: DeliveryMessage, waitSeconds: number) => {
      const delaySeconds = Math.min(waitSeconds, LONGEST_DELAY_SECONDS)
      const furtherWaitSeconds = waitSeconds - delaySeconds
      return sendDelivery(sqs, QUEUE_URL, { ...message, furtherWaitSeconds }, delaySeconds)
    },
    ...makeGiveUp(sqs, environment),
    count: makeCount(METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
    now,
  }
  return (event, context) =>
    workOnBatch(event, async ({ body, receives }) => {
      const message = ofKind(kind, deliveryMessageSchema.parse(JSON.parse(body)))
      // Past the function's own end: a function that is stopped at its time limit never outlives its lease.
      const leaseSeconds = Math.ceil(context.getRemainingTimeInMillis() / 1000) + LEASE_MARGIN_SECONDS
      const record = await deliver(
        { ...dependencies, leaseSeconds },
        { message, lastReceive: receives >= MAX_RECEIVES },
      )
      if (record === undefined) return
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
