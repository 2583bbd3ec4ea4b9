import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { type HeartbeatMessage, LONGEST_TROUBLE } from '../../shared/messages.ts'
import type { AgentKind } from '../../shared/routing-table/deployed-table.ts'
import { awsFault } from '../aws-fault.ts'
import type { Log } from '../log.ts'
import { withStallLimit } from '../stall-limit.ts'
import type { Waiting } from '../waiting.ts'

export type Heartbeat = HeartbeatMessage['heartbeat']
/** What an agent finds out of its own work. */
export type Measured = Omit<Heartbeat, 'agent' | 'at'>

export interface HeartbeatDependencies {
  send: (message: HeartbeatMessage) => Promise<void>
  waiting: Waiting
  log: Log
}

/** The alarm speaks after three that did not come. */
export const HEARTBEAT_MILLISECONDS = 300_000
const ANSWER_MILLISECONDS = 10_000

/**
 * Says every five minutes that this agent works, until the signal aborts. `measure` counts what waits; an agent that
 * can't count any more says nothing, and is missed. Run it beside the work, as a part of it.
 */
export async function keepHeartbeat(
  { send, waiting, log }: HeartbeatDependencies,
  agent: AgentKind,
  measure: () => Promise<Measured>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const heartbeat = { agent, at: waiting.now().toISOString(), ...(await measure()) }
      await send({ version: 1, heartbeat })
    } catch (error) {
      log('heartbeat-not-sent', { reason: awsFault(error).text }, 'warning')
    }
    await waiting.pause(HEARTBEAT_MILLISECONDS, signal)
  }
}

export function sqsHeartbeat(client: SQSClient, queueUrl: () => Promise<string>) {
  return async (message: HeartbeatMessage): Promise<void> => {
    const request = new SendMessageCommand({
      QueueUrl: await queueUrl(),
      MessageBody: JSON.stringify(message),
    })
    await withStallLimit({ what: 'sending a heartbeat', milliseconds: ANSWER_MILLISECONDS }, ({ signal }) =>
      client.send(request, { abortSignal: signal }),
    )
  }
}

/** For how long something waits, and what hinders the agent, as a sign of life says it; what there is nothing to tell of is left out. */
export function oldestAndTrouble(
  oldest: readonly (number | undefined)[],
  troubles: readonly (string | undefined)[],
): Pick<Heartbeat, 'oldestSeconds' | 'trouble'> {
  const milliseconds = oldest.filter((one) => one !== undefined)
  const texts = troubles.filter((one) => one !== undefined)
  return {
    ...(milliseconds.length > 0 && { oldestSeconds: Math.round(Math.max(0, ...milliseconds) / 1000) }),
    ...(texts.length > 0 && { trouble: texts.join('; ').slice(0, LONGEST_TROUBLE) }),
  }
}
