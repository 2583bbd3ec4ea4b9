import { describe, expect, it } from 'vitest'
import { withJobsInSight } from './jobs-in-sight.ts'
import type { QueueMessage, WorkQueue } from './work-queue.ts'

const START = Date.parse('2026-11-25T09:00:00Z')

function watched() {
  const clock = { milliseconds: 0 }
  const coming: QueueMessage[] = []
  const queue: WorkQueue = {
    receive: async () => coming.shift(),
    keepInvisible: async () => {},
    remove: async () => {},
  }
  const message = (id: string, receives: number, ageMinutes: number): QueueMessage => ({
    ...{ id, receives, receipt: id, body: '' },
    firstReceivedAt: new Date(START + clock.milliseconds - ageMinutes * 60_000),
  })
  const sight = withJobsInSight(
    { now: () => new Date(START + clock.milliseconds), elapsed: () => clock.milliseconds },
    queue,
  )
  const receive = async (one: QueueMessage) => {
    coming.push(one)
    return await sight.queue.receive(120, new AbortController().signal)
  }
  const minutes = (leastReceives = 1) => {
    const milliseconds = sight.inSight().oldestMilliseconds(leastReceives)
    return milliseconds === undefined ? undefined : milliseconds / 60_000
  }
  const pass = (some: number) => {
    clock.milliseconds += some * 60_000
  }
  return { ...sight, message, receive, minutes, pass }
}

describe('jobs in sight', () => {
  it('are those that came and are not off the queue, those that were put back among them', async () => {
    const { queue, inSight, message, receive, minutes, pass } = watched()
    const [old, young] = [message('old', 4, 50), message('young', 1, 0)]
    await receive(old)
    await receive(young)
    await queue.keepInvisible(old, 1800)
    pass(20)
    expect([inSight().count, minutes(), minutes(5)]).toEqual([2, 70, undefined])
    expect(minutes(2)).toBe(70)
    await queue.remove(old)
    expect([inSight().count, minutes(), minutes(2)]).toEqual([1, 20, undefined])
  })

  it('are forgotten when they do not come back: another took them, or their time was over', async () => {
    const { queue, inSight, message, receive, pass } = watched()
    const job = message('job', 3, 0)
    await receive(job)
    await queue.keepInvisible(job, 600)
    pass(39)
    expect(inSight().count).toBe(1)
    pass(2)
    expect(inSight().count).toBe(0)
  })

  it('are as old as they were, whatever the clock says meanwhile, and never of the future', async () => {
    const { message, receive, minutes, pass } = watched()
    await receive(message('ahead', 1, -500))
    pass(3)
    await receive(message('ahead', 2, 400))
    expect(minutes()).toBe(3)
  })
})
