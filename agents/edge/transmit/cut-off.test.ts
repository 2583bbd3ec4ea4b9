import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TransmitSite } from '../testing/transmit-site.ts'
import type { TransmitDependencies } from './transmit-dependencies.ts'

let site: TransmitSite

beforeEach(async () => {
  site = await TransmitSite.make()
  site.asterisk.haste = 1000
  site.asterisk.denied.add('FAXSessions')
})
afterEach(() => site.end())

const OPTIONS = { invisibleSeconds: 20, lookAgainMilliseconds: 10, settleMilliseconds: 30 }

/**
 * A process that is killed at its n-th act: what it does outside of itself happens or does not, and it never learns. `Infinity`: it lives, and
 * its acts are counted.
 */
class Mortal {
  acts: string[] = []
  readonly #dies: { at: number; when: 'before' | 'after' }
  onDeath: () => void = () => {}

  constructor(dies: { at: number; when: 'before' | 'after' }) {
    this.#dies = dies
  }

  act<Words extends unknown[], Answer>(name: string, action: (...words: Words) => Promise<Answer>) {
    return async (...words: Words): Promise<Answer> => {
      const number = this.acts.push(name)
      const { at, when } = this.#dies
      const isItsLast = number === at
      if (number > at || (isItsLast && when === 'before')) return await this.#never()
      const answer = await action(...words)
      return isItsLast ? await this.#never() : answer
    }
  }

  #never(): Promise<never> {
    this.onDeath()
    return new Promise(() => {})
  }
}

/** An agent all of whose acts go through `mortal`, and whose connection goes with it. */
async function startMortal(mortal: Mortal): Promise<{ died: Promise<void>; stop: () => Promise<void> }> {
  const real = await site.dependencies()
  const { queue, reports, files, claims, journal } = real
  const dependencies: TransmitDependencies = {
    ...real,
    queue: {
      // Polls are without number, and not what a job's life hangs on.
      receive: async (seconds, signal) => {
        const message = await queue.receive(seconds, signal)
        return message === undefined ? undefined : await mortal.act('receive', async () => message)()
      },
      keepInvisible: mortal.act('keepInvisible', queue.keepInvisible),
      remove: mortal.act('remove', queue.remove),
    },
    reports: { send: mortal.act('report', reports.send) },
    files: { fetch: mortal.act('fetch', files.fetch) },
    claims: { take: mortal.act('claim', claims.take) },
    journal: { ...journal, write: mortal.act('journal', journal.write) },
  }
  const died = new Promise<void>((resolve) => {
    mortal.onDeath = () => {
      real.link.connection?.close()
      void journal.close().then(resolve)
    }
  })
  return { died, stop: site.run(dependencies, OPTIONS) }
}

async function actsOf(outcome: string): Promise<string[]> {
  site.asterisk.outcomeOf = () => outcome
  const mortal = new Mortal({ at: Number.POSITIVE_INFINITY, when: 'after' })
  const job = site.send('0478123456')
  const { stop } = await startMortal(mortal)
  await site.ended(job)
  await stop()
  return mortal.acts
}

describe.each([
  ['ok', 'sent'],
  ['busy', 'busy'],
  ['cut-midway', 'line'],
])('a job whose call ends %s, with the agent cut off', (outcome, cause) => {
  it('at any of its acts, before or after it took place, is dialled once at most, and ends', async () => {
    const acts = await actsOf(outcome)
    expect(acts).toEqual(expect.arrayContaining(['receive', 'fetch', 'claim', 'journal', 'report', 'remove']))
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= acts.length; at++) {
        const told = `${when} ${acts[at - 1]}, act ${at}`
        const job = site.send('0478123456')
        const first = await startMortal(new Mortal({ at, when }))
        // How often progress is told depends on the machine: the act may not come to pass, and the agent lives.
        const lived = await Promise.race([first.died, site.ended(job).then(() => 'lived')])
        if (lived === 'lived') await Promise.race([first.died, first.stop()])
        const dialledByFirst = site.asterisk.dialled.some(({ uniqueId }) =>
          uniqueId.startsWith(job.transmissionId),
        )
        const stop = await site.start(OPTIONS)
        const end = await site.ended(job)
        await stop()
        const calls = site.asterisk.dialled.filter(({ uniqueId }) => uniqueId.startsWith(job.transmissionId))
        // Nobody knows only where Asterisk was told, or was about to be.
        const causes = dialledByFirst || acts[at - 1] === 'journal' ? [cause, 'unknown'] : [cause]
        expect(causes, told).toContain(end.cause)
        expect(calls.length, told).toBeLessThanOrEqual(1)
        if (end.cause !== 'unknown') expect(calls.length, told).toBe(1)
        const ends = site.eventsOf(job).filter(({ event }) => event === 'ended')
        expect(new Set(ends.map((one) => JSON.stringify(one))).size, told).toBe(1)
      }
    }
  }, 120_000)
})
