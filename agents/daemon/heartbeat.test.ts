import { describe, expect, it } from 'vitest'
import { type HeartbeatMessage, heartbeatSchema } from '../../shared/messages.ts'
import { HEARTBEAT_MILLISECONDS, keepHeartbeat } from './heartbeat.ts'

const NOW = new Date('2026-11-23T08:00:00.000Z')

/** As many rounds as `failing` has entries; where one is true, sending fails. */
async function beat(failing: boolean[], measure = async () => ({ waiting: 2, sequence: 7 })) {
  const stopping = new AbortController()
  const sent: HeartbeatMessage[] = []
  const logged: string[] = []
  const pauses: number[] = []
  const rounds = [...failing]
  await keepHeartbeat(
    {
      send: async (message) => {
        if (rounds[0] === true) throw new Error('no route')
        sent.push(message)
      },
      log: (event) => void logged.push(event),
      waiting: {
        now: () => NOW,
        random: () => 0,
        pause: async (milliseconds) => {
          pauses.push(milliseconds)
          rounds.shift()
          if (rounds.length === 0) stopping.abort()
        },
      },
    },
    'edge',
    measure,
    stopping.signal,
  )
  return { sent, logged, pauses }
}

describe('the heartbeat', () => {
  it('begins at once and goes on every five minutes', async () => {
    const { sent, pauses } = await beat([false, false])
    const message = {
      version: 1,
      heartbeat: { agent: 'edge', at: NOW.toISOString(), waiting: 2, sequence: 7 },
    }
    expect(sent).toEqual([message, message])
    expect(heartbeatSchema.parse(sent[0])).toEqual(message)
    expect(pauses).toEqual([HEARTBEAT_MILLISECONDS, HEARTBEAT_MILLISECONDS])
    // The alarm speaks after 15 minutes: two may get lost.
    expect(HEARTBEAT_MILLISECONDS * 3).toBeLessThanOrEqual(15 * 60_000)
  })

  it('outlives what it can not send', async () => {
    const { sent, logged } = await beat([true, false])
    expect(logged).toEqual(['heartbeat-not-sent'])
    expect(sent).toHaveLength(1)
  })

  it('is silent when the work can not be counted any more', async () => {
    const { sent, logged } = await beat([false], () => Promise.reject(new Error('EIO')))
    expect({ sent, logged }).toEqual({ sent: [], logged: ['heartbeat-not-sent'] })
  })
})
