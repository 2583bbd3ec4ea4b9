import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { QueueAttributes } from '../stand-in.ts'
import { makeClock, QUEUE, type TestClock } from '../testing.ts'
import type { Message } from './message.ts'
import type { MessageStore } from './message-store.ts'
import { Queue } from './queue.ts'

const MAX_RECEIVES = 3
const RETENTION_SECONDS = 5000
const attributes: QueueAttributes = {
  ...QUEUE,
  messageRetentionSeconds: RETENTION_SECONDS,
  deadLetter: { queueName: 'dead', maxReceiveCount: MAX_RECEIVES },
}

/** Keeps text, so that nothing is shared with the queue by reference. */
function makeStore(): MessageStore & { ids(): string[] } {
  const files = new Map<string, string>()
  return {
    load: () => [...files.values()].map((text) => JSON.parse(text)),
    save: (message) => files.set(message.id, JSON.stringify(message)),
    remove: (id) => files.delete(id),
    close: () => {},
    ids: () => [...files.keys()],
  }
}

interface Expected {
  body: string
  sentAt: number
  visibleAt: number
  receives: number
  receipt?: string
  /** What earlier receives gave. */
  stale: string[]
}

/** What SQS promises, beside a queue that has to keep it. */
class System {
  readonly clock: TestClock = makeClock()
  readonly store = makeStore()
  readonly deadStore = makeStore()
  readonly dead = new Queue(
    { clock: this.clock, store: this.deadStore, delayDivisor: 1, bury: () => expect.unreachable() },
    { ...QUEUE, messageRetentionSeconds: 10 * RETENTION_SECONDS },
  )
  queue = this.#open()
  readonly expected = new Map<string, Expected>()
  readonly expectedDead = new Set<string>()
  readonly deleted = new Set<string>()
  #sent = 0

  #open(): Queue {
    return new Queue(
      { clock: this.clock, store: this.store, delayDivisor: 1, bury: (message) => this.dead.take(message) },
      attributes,
    )
  }

  get now(): number {
    return this.clock.nowMilliseconds()
  }

  send(delaySeconds: number): void {
    const body = `message ${this.#sent++}`
    const { id } = this.queue.send({ body, attributes: {}, delaySeconds })
    this.expected.set(id, {
      body,
      sentAt: this.now,
      visibleAt: this.now + delaySeconds * 1000,
      receives: 0,
      stale: [],
    })
  }

  async receive(maxMessages: number, visibilityTimeoutSeconds: number): Promise<void> {
    const received = await this.queue.receive({
      maxMessages,
      visibilityTimeoutSeconds,
      waitSeconds: 0,
      ended: new AbortController().signal,
    })
    this.expire()
    const visible = [...this.expected].filter(([, { visibleAt }]) => visibleAt <= this.now)
    const deliverable = visible.filter(([, { receives }]) => receives < MAX_RECEIVES)
    expect(received).toHaveLength(Math.min(maxMessages, deliverable.length))
    for (const message of received) this.#check(message, visibilityTimeoutSeconds)
    const buried = visible.filter(
      ([id, { receives }]) => receives >= MAX_RECEIVES && this.deadStore.ids().includes(id),
    )
    if (received.length < maxMessages) expect(buried).toHaveLength(visible.length - deliverable.length)
    for (const [id] of buried) {
      this.expected.delete(id)
      this.expectedDead.add(id)
    }
  }

  #check({ id, body, receiveCount, sentAt, receipt }: Message, visibilityTimeoutSeconds: number): void {
    const message = this.expected.get(id)
    if (message === undefined) throw new Error(`${id} was deleted, expired or never sent`)
    expect(message.visibleAt).toBeLessThanOrEqual(this.now)
    expect({ body, receiveCount, sentAt }).toEqual({
      body: message.body,
      receiveCount: message.receives + 1,
      sentAt: new Date(message.sentAt).toISOString(),
    })
    if (message.receipt !== undefined) message.stale.push(message.receipt)
    expect(message.stale).not.toContain(receipt)
    Object.assign(message, {
      receipt,
      receives: receiveCount,
      visibleAt: this.now + visibilityTimeoutSeconds * 1000,
    })
  }

  remove(pick: number, stale: boolean): void {
    const [id, message] = this.#pick(pick)
    if (id === undefined || message === undefined) return
    const receipt = stale ? message.stale.at(-1) : message.receipt
    if (receipt === undefined) return
    this.queue.remove(id, receipt)
    if (stale) return
    this.expected.delete(id)
    this.deleted.add(id)
  }

  changeVisibility(pick: number, timeoutSeconds: number): void {
    const [id, message] = this.#pick(pick)
    if (id === undefined || message?.receipt === undefined) return
    const { receipt } = message
    if (message.visibleAt <= this.now)
      return void expect(() => this.queue.changeVisibility(id, receipt, timeoutSeconds)).toThrow(
        'not in flight',
      )
    this.queue.changeVisibility(id, receipt, timeoutSeconds)
    message.visibleAt = this.now + timeoutSeconds * 1000
  }

  /** Whatever was in flight is visible again: its receivers ended with the run. */
  restart(): void {
    this.queue.close()
    this.queue = this.#open()
    for (const message of this.expected.values())
      if (message.receipt !== undefined) message.visibleAt = Math.min(message.visibleAt, this.now)
  }

  expire(): void {
    for (const [id, { sentAt }] of this.expected)
      if (sentAt + RETENTION_SECONDS * 1000 <= this.now) this.expected.delete(id)
  }

  checkNothingLost(): void {
    const { visible, inFlight, delayed } = this.queue.depth()
    this.expire()
    expect(this.store.ids().sort()).toEqual([...this.expected.keys()].sort())
    expect(this.deadStore.ids().sort()).toEqual([...this.expectedDead].sort())
    expect(visible + inFlight + delayed).toBe(this.expected.size)
  }

  #pick(pick: number): [string, Expected] | [] {
    const all = [...this.expected]
    return all[pick % Math.max(1, all.length)] ?? []
  }
}

type Step = (system: System) => void | Promise<void>

const seconds = fc.constantFrom(0, 0, 1, 30, 900)
const step: fc.Arbitrary<[name: string, run: Step]> = fc.oneof(
  {
    weight: 4,
    arbitrary: seconds.map((delay): [string, Step] => [`send(${delay})`, (system) => system.send(delay)]),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 10 }), seconds)
      .map(([most, visibility]): [string, Step] => [
        `receive(${most}, ${visibility})`,
        (system) => system.receive(most, visibility),
      ]),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(20), fc.boolean())
      .map(([pick, stale]): [string, Step] => [
        `remove(${pick}, ${stale})`,
        (system) => system.remove(pick, stale),
      ]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(20), seconds)
      .map(([pick, timeout]): [string, Step] => [
        `changeVisibility(${pick}, ${timeout})`,
        (system) => system.changeVisibility(pick, timeout),
      ]),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(1, 999, 1000, 30_000, 900_000)
      .map((milliseconds): [string, Step] => [
        `advance(${milliseconds})`,
        (system) => system.clock.advance(milliseconds),
      ]),
  },
  { weight: 1, arbitrary: fc.constant<[string, Step]>(['restart()', (system) => system.restart()]) },
)

test('messages are delivered at least once, deleted ones never again, and too many receives lead to the dead-letter queue', async () => {
  const seen = { buried: 0, deleted: 0, receivedTwice: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const system = new System()
      for (const [, run] of steps) {
        await run(system)
        system.checkNothingLost()
      }
      seen.buried += system.expectedDead.size
      seen.deleted += system.deleted.size
      seen.receivedTwice += [...system.expected.values()].filter(({ receives }) => receives > 1).length
    }),
    { numRuns: 300 },
  )
  // The steps reach what the test is about.
  expect(Math.min(seen.buried, seen.deleted, seen.receivedTwice)).toBeGreaterThan(20)
})

test('of many who wait, each message goes to one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(seconds, { maxLength: 8 }),
      async (waiters, delays) => {
        const system = new System()
        const request = {
          maxMessages: 2,
          visibilityTimeoutSeconds: 20_000,
          waitSeconds: 2000,
          ended: new AbortController().signal,
        }
        const waits = Array.from({ length: waiters }, () => system.queue.receive(request))
        for (const delay of delays) system.send(delay)
        system.clock.advance(2_000_000)
        const received = (await Promise.all(waits)).flat().map(({ id }) => id)
        expect(new Set(received).size).toBe(received.length)
        expect(received.length).toBeGreaterThanOrEqual(Math.min(waiters, delays.length))
      },
    ),
  )
})
