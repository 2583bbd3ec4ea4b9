import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { claimOrDialledAt } from '../cli/cancel/claim.ts'
import { endingOf } from '../cli/cancel/ending.ts'
import { makeMemoryTransmissions } from '../functions/ledger/memory-transmissions.ts'
import { ended, OPENED_AT, waitingTransmission } from '../functions/ledger/sample-transmission.ts'
import { notifySender } from '../functions/notify-sender/notify-sender.ts'
import { schedule } from '../functions/schedule/schedule.ts'
import { settleTransmission } from '../functions/settle/settle-transmission.ts'
import { whyStuck } from '../shared/ledger/stuck-transmission.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../shared/ledger/transmission-record.ts'
import { delivered } from '../shared/outcome.ts'
import { parseAgentClaim } from '../shared/transmission/claim.ts'
import { claimKey } from '../shared/transmission/keys.ts'
import type {
  TransmissionEvent,
  TransmissionReport,
  TransmitJob,
} from '../shared/transmission/transmit-job.ts'

// One transmission among an agent that is killed and comes back, an operator, a sweep and messages that come late, twice or in any order. The functions
// and the command are the real ones; the agent keeps the rules of agents/edge/transmit, whose own tests hold it to them.

const ID = waitingTransmission().id
const GRACE_SECONDS = 60
const OUTCOMES = ['sent', 'busy', 'line', 'rejected'] as const
type Outcome = (typeof OUTCOMES)[number]
/** How far the agent comes with an attempt before it is killed. */
const STAGES = ['claim', 'dial', 'end', 'report'] as const
type Stage = (typeof STAGES)[number]

/** What the agent has on its disk of an attempt. */
interface Journal {
  dialled?: Outcome
  ended?: TransmissionReport
}

class World {
  now = OPENED_AT
  readonly ledger = makeMemoryTransmissions()
  readonly claims = new Map<string, Uint8Array>()
  readonly journal = new Map<number, Journal>()
  readonly dials: { attempt: number; outcome: Outcome; ofEnded: boolean }[] = []
  readonly mails: string[] = []
  readonly queues = {
    reports: [] as TransmissionReport[],
    due: [{ version: 1 as const, transmissionId: ID, attempt: 1, waitSeconds: 0 }],
    jobs: [] as TransmitJob[],
    notices: [] as { version: 1; transmissionId: string }[],
  }

  get record(): TransmissionRecord {
    return this.ledger.transmissions.get(ID) ?? expect.unreachable('no record')
  }

  pass(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000)
  }

  /** One message of a queue to who takes it; `keeps`: it comes again. */
  async take<Name extends keyof World['queues']>(
    name: Name,
    index: number,
    keeps: boolean,
    serve: (message: World['queues'][Name][number]) => Promise<boolean>,
  ): Promise<void> {
    const queue: World['queues'][Name][number][] = this.queues[name]
    const message = queue[index % Math.max(1, queue.length)]
    if (message === undefined || !(await serve(message)) || keeps) return
    queue.splice(queue.indexOf(message), 1)
  }

  settle = async (report: TransmissionReport): Promise<boolean> => {
    await settleTransmission(
      {
        transmissions: this.ledger,
        scheduleAttempt: async ({ id, attempt }) =>
          void this.queues.due.push({ version: 1, transmissionId: id, attempt, waitSeconds: 0 }),
        tellEnd: async ({ id }) => void this.queues.notices.push({ version: 1, transmissionId: id }),
        count: () => {},
      },
      { site: this.record.site, sentAt: new Date(report.transmission.at) },
      report,
    )
    return true
  }

  handOver = async (due: World['queues']['due'][number]): Promise<boolean> => {
    const sendJob = async (job: TransmitJob) => void this.queues.jobs.push(job)
    await schedule({ ledger: this.ledger, sendLater: async () => {}, sendJob, now: () => this.now }, due)
    return true
  }

  tell = async (message: { version: 1; transmissionId: string }): Promise<boolean> => {
    const sendRaw = async () => {
      this.mails.push(this.record.state)
      return delivered('id', 'taken')
    }
    const rest = { readPicture: async () => undefined, sendLater: async () => {}, leaseSeconds: 60 }
    await notifySender({ ledger: this.ledger, sendRaw, now: () => this.now, ...rest }, message)
    return true
  }

  /** The agent with a message of its queue. Whether it removes it. */
  agent = async (job: TransmitJob, stage: Stage, outcome: Outcome): Promise<boolean> => {
    const known = this.journal.get(job.attempt) ?? {}
    if (known.ended === undefined) {
      const end = known.dialled === undefined ? this.#dial(job, stage, outcome) : ended('unknown')
      if (end === undefined) return false
      known.ended = this.#report(job, end)
      this.journal.set(job.attempt, { ...this.journal.get(job.attempt), ended: known.ended })
    }
    if (stage !== 'report') return false
    this.queues.reports.push(known.ended)
    return true
  }

  /** Undefined: killed before the end. */
  #dial(job: TransmitJob, stage: Stage, outcome: Outcome): TransmissionEvent | undefined {
    const key = claimKey(job)
    const claim = JSON.stringify({ version: 1, agent: 'a', at: this.now.toISOString() })
    if (!this.claims.has(key)) this.claims.set(key, Buffer.from(claim))
    const held = parseAgentClaim(Buffer.from(this.claims.get(key) ?? []).toString())
    if (held === undefined) return ended('canceled')
    if (stage === 'claim') return undefined
    const limit = (job.answerSeconds + job.callSeconds + GRACE_SECONDS) * 1000
    if (this.now.getTime() - Date.parse(held.at) > limit) return ended('pbx')
    this.queues.reports.push(this.#report(job, { event: 'dialling' }))
    this.dials.push({ attempt: job.attempt, outcome, ofEnded: hasTransmissionEnded(this.record) })
    this.journal.set(job.attempt, { dialled: outcome })
    if (stage === 'dial') return undefined
    this.pass(30)
    return ended(outcome, { pagesSent: outcome === 'rejected' ? 0 : 1 })
  }

  #report({ transmissionId: id, attempt }: TransmitJob, progress: TransmissionEvent): TransmissionReport {
    return { version: 1, transmission: { id, attempt, at: this.now.toISOString(), progress } }
  }

  /** `faxlane cancel`; between its look at the ledger and the call of the function anything may happen. */
  async cancel(): Promise<void> {
    if (hasTransmissionEnded(this.record)) return
    const putNew = async ({ key, bytes }: { key: string; bytes: Uint8Array }) => {
      if (this.claims.has(key)) throw Object.assign(new Error('taken'), { name: 'PreconditionFailed' })
      this.claims.set(key, bytes)
    }
    const files = { putNew, read: async (key: string) => this.claims.get(key) }
    const report = endingOf(this.record, await claimOrDialledAt({ files }, this.record), this.now)
    if (!(report instanceof Date)) this.queues.reports.push(report)
  }

  sweep(): void {
    const { attempt } = this.record
    if (whyStuck(this.record, this.now)?.remedy === 'schedule')
      this.queues.due.push({ version: 1, transmissionId: ID, attempt, waitSeconds: 0 })
  }

  /** All that lies on the functions' queues is dealt with, and what follows from it. */
  async drain(): Promise<void> {
    const { reports, due, notices } = this.queues
    while (reports.length + due.length + notices.length > 0) {
      await this.take('reports', 0, false, this.settle)
      await this.take('due', 0, false, this.handOver)
      await this.take('notices', 0, false, this.tell)
    }
  }
}

type Step = (world: World) => Promise<void> | void
const index = fc.nat(5)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(index, fc.boolean(), fc.constantFrom(...STAGES), fc.constantFrom(...OUTCOMES)).map(
    ([at, keeps, stage, outcome]): Step =>
      (world) =>
        world.take('jobs', at, keeps, (job) => world.agent(job, stage, outcome)),
  ),
  fc.tuple(index, fc.boolean()).map(
    ([at, keeps]): Step =>
      (world) =>
        world.take('reports', at, keeps, world.settle),
  ),
  fc.tuple(index, fc.boolean()).map(
    ([at, keeps]): Step =>
      (world) =>
        world.take('due', at, keeps, world.handOver),
  ),
  index.map(
    (at): Step =>
      (world) =>
        world.take('notices', at, false, world.tell),
  ),
  fc.constantFrom(1, 100, 400, 5 * 3600).map(
    (seconds): Step =>
      (world) =>
        world.pass(seconds),
  ),
  fc.constant<Step>((world) => world.cancel()),
  fc.constant<Step>((world) => world.sweep()),
)

/** What the agent does before an operator loses patience. */
const last = fc.record({ stage: fc.constantFrom(...STAGES), outcome: fc.constantFrom(...OUTCOMES) })

it('a transmission ends as it did, is dialled by nobody after its end, and its sender is told the last that is known', async () => {
  const reached = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), last, async (steps, { stage, outcome }) => {
      const world = new World()
      await world.ledger.addTransmission(waitingTransmission())
      for (const one of steps) await one(world)
      await world.drain()
      await world.take('jobs', 0, true, (job) => world.agent(job, stage, outcome))
      await world.drain()
      world.pass(10 * 3600)
      await world.cancel()
      await world.drain()
      const told = world.record.state
      // The agent comes back when all is over, and finds its messages.
      while (world.queues.jobs.length > 0) {
        await world.take('jobs', 0, false, (job) => world.agent(job, 'report', 'sent'))
        await world.drain()
      }

      const { record, dials, mails, journal } = world
      expect(hasTransmissionEnded(record)).toBe(true)
      expect(dials.filter(({ ofEnded }) => ofEnded)).toEqual([])
      expect(new Set(dials.map(({ attempt }) => attempt)).size).toBe(dials.length)
      const knownEnd = journal.get(record.attempt)?.ended?.transmission.progress
      const isKnown = knownEnd?.event === 'ended' && knownEnd.cause !== 'unknown'
      const went = dials.find(({ outcome }) => outcome === 'sent')
      if (record.state === 'sent') expect(went).toBeDefined()
      else if (record.state !== 'unknown') expect(went).toBeUndefined()
      else expect(isKnown).toBe(false)
      expect(mails.at(-1)).toBe(record.state)
      expect(mails.slice(0, -1).filter((state) => state !== 'unknown')).toEqual([])
      expect(mails.length).toBeLessThanOrEqual(2)
      reached.add(told === record.state ? told : `${told}, then ${record.state}`)
    }),
    { numRuns: 400 },
  )
  for (const one of ['sent', 'failed', 'canceled', 'unknown', 'unknown, then sent', 'unknown, then failed'])
    expect(reached).toContain(one)
})
