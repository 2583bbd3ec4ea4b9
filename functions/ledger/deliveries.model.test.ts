import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Conversion } from '../../shared/conversion/convert.ts'
import { factsToMetadata } from '../../shared/facts.ts'
import { type DeliveryRecord, deliveryRecordSchema } from '../../shared/ledger/records.ts'
import { DELIVERY_TRANSITIONS } from '../../shared/ledger/states.ts'
import type { DeliveryMessage, DispatchRequest } from '../../shared/messages.ts'
import { incomingKey } from '../../shared/object-keys.ts'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import type { Backend, DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { type DeliverDependencies, deliver } from '../deliver/deliver.ts'
import { fallbackRequest } from '../deliver/give-up.ts'
import { dispatch } from '../dispatch/dispatch.ts'
import type { NoticeEvent } from '../notify/notice-event.ts'
import { receive } from '../receive/receive.ts'
import { settleReturned } from '../settle/settle.ts'
import { hasEnded, wasGivenUp } from './delivery-transitions.ts'
import type { Ledger } from './ledger.ts'
import { makeMemoryLedger } from './memory-ledger.ts'

const FAX_ID = '20261125T110000Z-0k3w9x7m2r4t'
const LEASE_SECONDS = 20
const retryPlan = { forSeconds: 600, firstSeconds: 60, longestSeconds: 300 }
const mail: Backend = {
  kind: 'mail',
  name: 'mail',
  fallback: 'log',
  retry: retryPlan,
  subject: [],
  body: [],
  from: { address: 'fax@example.org', name: '' },
  format: 'pdf',
}
const log: Backend = { kind: 'log', name: 'log', message: [] }
const table: DeployedTable = {
  version: 1,
  timeZone: 'UTC',
  sites: ['main'],
  backends: [mail, log],
  numbers: { '100': { backends: ['mail'], recipients: ['office@example.org'] } },
}
const facts = { destination: '100', receivedAt: '2026-11-25T11:00:00.000Z' }
const arrived = {
  key: incomingKey({ site: 'main', faxId: FAX_ID }),
  sizeBytes: 1,
  arrivedAt: new Date(facts.receivedAt),
}
const conversion: Conversion = { pdf: new Uint8Array(1), pages: [], unreadablePages: [], warnings: [] }

class Killed extends Error {}

/** What the other side did, which no crash of ours undoes. */
interface Happened {
  backend: string
  /** The attempt said that it might be a repetition. */
  marked: boolean
}

/** The world around one fax: what its functions write and send goes on after a crash, and nothing else does. */
class World {
  readonly memory = makeMemoryLedger()
  /** S3's event of the fax, until it was dealt with. */
  arrivals = [arrived]
  readonly queue: DeliveryMessage[] = []
  readonly requests: DispatchRequest[] = []
  readonly happened: Happened[] = []
  readonly told: string[] = []
  /** Of which an alarm tells. */
  deadLetters = 0
  /** By an operator, who may want a fax at two backends. */
  askedFor = false
  readonly steps: [DeliveryRecord['state'], DeliveryRecord['state']][] = []
  now = new Date('2026-11-25T11:00:00Z')
  /** Writes and sends until the function that runs is killed. */
  #lives = Number.POSITIVE_INFINITY
  #table = table
  get #router() {
    return makeRouter(this.#table)
  }

  /** Runs a function until its end, or until it is killed between two of its acts. Whether it came to its end. */
  async #run(
    lives: number,
    work: (ledger: Ledger, act: <Value>(what: () => Value) => Value) => Promise<unknown>,
  ): Promise<boolean> {
    this.#lives = lives
    const act = <Value>(what: () => Value): Value => {
      if (this.#lives-- <= 0) throw new Killed()
      return what()
    }
    try {
      await work(this.#ledger(act), act)
      return true
    } catch {
      return false
    } finally {
      this.#lives = Number.POSITIVE_INFINITY
    }
  }

  /** Checks each write as it goes into the ledger. */
  #ledger(act: <Value>(what: () => Value) => Value): Ledger {
    return {
      ...this.memory,
      addFax: (record) => act(() => this.memory.addFax(record)),
      replaceFax: (next) => act(() => this.memory.replaceFax(next)),
      addDelivery: (record) => act(() => this.memory.addDelivery(deliveryRecordSchema.parse(record))),
      replaceDelivery: (next) =>
        act(async () => {
          const before = await this.memory.getDelivery(next.faxId, next.backend)
          const written = await this.memory.replaceDelivery(deliveryRecordSchema.parse(next))
          if (written && before !== undefined) this.steps.push([before.state, next.state])
          return written
        }),
    }
  }

  #fanOut(ledger: Ledger, act: <Value>(what: () => Value) => Value) {
    return {
      ledger,
      router: this.#router,
      putFile: async () => {},
      enqueueDelivery: async (message: DeliveryMessage) => act(() => void this.queue.push(message)),
      enqueuePrintJob: async () => {},
      now: () => this.now,
    }
  }

  #giveUp(act: <Value>(what: () => Value) => Value) {
    return {
      requestDelivery: async (request: DispatchRequest) => act(() => void this.requests.push(request)),
      tell: async ({ backend = '' }: NoticeEvent) => act(() => void this.told.push(backend)),
    }
  }

  async receive(lives: number, keeps: boolean): Promise<void> {
    const [object] = this.arrivals
    if (object === undefined) return
    const ended = await this.#run(lives, async (ledger, act) =>
      receive(
        {
          ...this.#fanOut(ledger, act),
          ledger,
          router: this.#router,
          readTiff: async () => ({
            sizeBytes: 1,
            bytes: new Uint8Array(1),
            metadata: factsToMetadata(facts),
            storedAt: this.now,
          }),
          convert: () => conversion,
          tell: async () => {},
          count: () => {},
        },
        object,
      ),
    )
    if (ended && !keeps) this.arrivals = []
  }

  /** A deployment: the backend that delivers in the place of another leaves the table, or comes back. */
  deployTable(hasLog: boolean): void {
    this.#table = hasLog ? table : { ...table, backends: [mail] }
  }

  /** What an operator asks for, with a new time each time. */
  ask(backend: string, again: boolean): void {
    this.askedFor = true
    this.pass(1)
    const request = { version: 1, faxId: FAX_ID, backend, because: 'retry' } as const
    this.requests.push({ ...request, ...(again ? { againAt: this.now.toISOString() } : {}) })
  }

  /** What the sweep asks for: what is open and has no message any more, and fallbacks that have no record. */
  sweep(): void {
    for (const record of this.memory.deliveries.values()) {
      const { backend, fallback } = record
      const isQueued = this.queue.some((message) => message.backend.name === backend)
      if (!hasEnded(record) && !isQueued)
        this.requests.push({ version: 1, faxId: FAX_ID, backend, because: 'lost' })
      if (wasGivenUp(record) && fallback !== undefined && this.record(fallback) === undefined)
        this.requests.push(fallbackRequest(record, fallback))
    }
  }

  /**
   * Hands one message over. It stays on the queue until a function has come to its end with it; after the last time it is among the dead letters.
   */
  async handOver(
    index: number,
    outcome: Outcome,
    { lives, keeps, lastReceive }: { lives: number; keeps: boolean; lastReceive: boolean },
  ): Promise<void> {
    const message = this.queue[index % Math.max(1, this.queue.length)]
    if (message === undefined) return
    const ended = await this.#run(lives, async (ledger, act) => {
      const dependencies: DeliverDependencies<'mail' | 'log'> = {
        ledger,
        attempt: async ({ backend, maybeDelivered }) =>
          act(() => {
            if (outcome.outcome === 'delivered' || (outcome.outcome === 'retry' && outcome.maybeDelivered))
              this.happened.push({ backend: backend.name, marked: maybeDelivered })
            return outcome
          }),
        sendLater: async (later) => act(() => void this.queue.push({ ...later, furtherWaitSeconds: 0 })),
        ...this.#giveUp(act),
        count: () => {},
        now: () => this.now,
        leaseSeconds: LEASE_SECONDS,
      }
      await deliver(dependencies, { message: message as never, lastReceive })
    })
    // `keeps`: SQS hands a message over once more, though it was dealt with.
    if (!ended && lastReceive) this.deadLetters += 1
    if ((ended || lastReceive) && !keeps) this.queue.splice(this.queue.indexOf(message), 1)
  }

  async dispatchOne(index: number, lives: number, keeps: boolean): Promise<void> {
    const request = this.requests[index % Math.max(1, this.requests.length)]
    if (request === undefined) return
    const ended = await this.#run(lives, async (ledger, act) =>
      dispatch(
        {
          ...this.#fanOut(ledger, act),
          ledger,
          router: this.#router,
          queries: {
            fax: async () => {
              const record = await this.memory.getFax(FAX_ID)
              const deliveries = [...this.memory.deliveries.values()].map((one) => structuredClone(one))
              return record && { fax: record, deliveries }
            },
          },
          readObject: async () => new Uint8Array(),
          ...this.#giveUp(act),
          count: () => {},
        },
        request,
      ),
    )
    if (ended && !keeps) this.requests.splice(this.requests.indexOf(request), 1)
  }

  async bounce(lives: number): Promise<void> {
    if (this.record('mail') === undefined) return
    const returned = { faxId: FAX_ID, backend: 'mail', outcome: failed('550 user unknown') }
    await this.#run(lives, async (ledger, act) =>
      settleReturned({ ledger, ...this.#giveUp(act), count: () => {}, now: () => this.now }, returned),
    )
    // SES's event stays on its queue until it was dealt with.
    await this.#run(Number.POSITIVE_INFINITY, async (ledger, act) =>
      settleReturned({ ledger, ...this.#giveUp(act), count: () => {}, now: () => this.now }, returned),
    )
  }

  pass(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000)
  }

  record = (backend: string) => this.memory.deliveries.get(`${FAX_ID} ${backend}`)
}

type Real = World
type Model = Record<string, never>
const lives = fc.oneof(
  { weight: 2, arbitrary: fc.nat({ max: 6 }) },
  { weight: 1, arbitrary: fc.constant(99) },
)
const outcome = fc.constantFrom<Outcome>(
  delivered('id', 'ok'),
  retry('busy'),
  retry('answer lost', { maybeDelivered: true }),
  failed('no'),
)

function command(text: string, run: (world: World) => Promise<void> | void): fc.AsyncCommand<Model, Real> {
  return {
    check: () => true,
    run: async (_, world) => {
      await run(world)
      for (const record of world.memory.deliveries.values()) holds(world, record)
    },
    toString: () => text,
  }
}

/** What is true at every moment, whatever happened. */
function holds(world: World, { backend, state, attempts, history }: DeliveryRecord): void {
  expect(attempts).toBeGreaterThanOrEqual(
    new Set(history.map(({ attempt }) => attempt)).size - (state === 'bounced' ? 1 : 0),
  )
  for (const [from, to] of world.steps) expect(DELIVERY_TRANSITIONS[from]).toContain(to)
  const arrivals = world.happened.filter((one) => one.backend === backend)
  if (state === 'delivered') expect(arrivals.length).toBeGreaterThanOrEqual(1)
  // None twice in silence.
  for (const [index, { marked }] of arrivals.entries()) if (index > 0) expect(marked).toBe(true)
  // Nor by another way: what comes in the place of a mail that may have arrived says so.
  for (const [index, { backend: by, marked }] of world.happened.entries())
    if (
      !world.askedFor &&
      by === 'log' &&
      world.happened.slice(0, index).some((one) => one.backend === 'mail')
    )
      expect(marked).toBe(true)
}

const commands = [
  fc
    .tuple(lives, fc.boolean())
    .map(([until, keeps]) =>
      command(`receive, killed after ${until}${keeps ? ', comes again' : ''}`, (world) =>
        world.receive(until, keeps),
      ),
    ),
  fc
    .tuple(fc.nat(9), outcome, fc.record({ lives, keeps: fc.boolean(), lastReceive: fc.boolean() }))
    .map(([index, answer, how]) =>
      command(`hand over ${index}, ${answer.outcome}, ${JSON.stringify(how)}`, (world) =>
        world.handOver(index, answer, how),
      ),
    ),
  fc
    .tuple(fc.nat(9), lives, fc.boolean())
    .map(([index, until, keeps]) =>
      command(`dispatch ${index}, killed after ${until}`, (world) => world.dispatchOne(index, until, keeps)),
    ),
  fc.nat({ max: 60 }).map((seconds) => command(`${seconds} s pass`, (world) => world.pass(seconds))),
  fc
    .boolean()
    .map((hasLog) =>
      command(`deploy a table with${hasLog ? '' : 'out'} log`, (world) => world.deployTable(hasLog)),
    ),
  fc
    .constantFrom('mail', 'log')
    .map((backend) => command(`retry ${backend}`, (world) => world.ask(backend, false))),
  fc
    .constantFrom('mail', 'log')
    .map((backend) => command(`retry ${backend} --again`, (world) => world.ask(backend, true))),
  fc.constant(command('sweep', (world) => world.sweep())),
  lives.map((until) => command(`bounce, killed after ${until}`, (world) => world.bounce(until))),
  fc.constant(
    command(
      'lost?',
      (world) => void world.requests.push({ version: 1, faxId: FAX_ID, backend: 'mail', because: 'lost' }),
    ),
  ),
]

describe('the deliveries of a fax', () => {
  it('have a fallback that was asked for while the fax was still being received', async () => {
    const world = new World()
    // Its record, the delivery and its message are written; killed before it is closed as routed.
    await world.receive(3, true)
    await world.handOver(0, failed('530 Login incorrect.'), { lives: 99, keeps: false, lastReceive: false })
    await world.dispatchOne(0, 99, false)
    expect(world.record('log')).toBeUndefined()
    await world.receive(99, false)
    await world.dispatchOne(0, 99, false)
    expect(world.record('log')).toMatchObject({ state: 'waiting', fallbackOf: 'mail' })
  })

  it('end, each once or marked, and a fallback runs, whatever is repeated, out of order or killed between two writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (run) => {
        const world = new World()
        await fc.asyncModelRun(() => ({ model: {}, real: world }), run)
        // From here on all goes well: what is on the queues has to be enough to bring everything to its end.
        for (let round = 0; round < 60; round += 1) {
          world.pass(LEASE_SECONDS + 1)
          await world.receive(99, false)
          world.sweep()
          if (world.queue.length + world.requests.length === 0) break
          for (let left = world.requests.length; left > 0; left -= 1) await world.dispatchOne(0, 99, false)
          const well = { lives: 99, keeps: false, lastReceive: false }
          await world.handOver(round, delivered('id', 'ok'), well)
        }
        expect([world.arrivals, world.queue, world.requests]).toEqual([[], [], []])
        expect((await world.memory.getFax(FAX_ID))?.state).toBe('routed')
        const first = world.record('mail')
        expect(['delivered', 'failed', 'bounced']).toContain(first?.state)
        for (const record of world.memory.deliveries.values()) holds(world, record)
        if (first?.state === 'delivered') return
        // Given up: the fallback has it, and somebody was told.
        if (!world.askedFor) expect(world.record('log')).toMatchObject({ fallbackOf: 'mail' })
        expect(['delivered', 'failed']).toContain(world.record('log')?.state)
        if (world.deadLetters === 0) expect(world.told).toContain('mail')
      }),
      { numRuns: 400 },
    )
  })
})
