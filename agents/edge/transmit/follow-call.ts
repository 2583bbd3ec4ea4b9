import type { Log } from '../../log.ts'
import type { Waiting } from '../../waiting.ts'
import type { AmiConnection } from '../ami/ami-connection.ts'
import type { AmiLink } from '../ami/ami-link.ts'
import { type CallFacts, isSettled } from './call-facts.ts'
import { type EndedEvent, judgeCall } from './judge-call.ts'
import type { WatchedCall } from './watched-call.ts'

export interface FollowDependencies {
  link: AmiLink
  waiting: Waiting
  log: Log
}

export interface FollowOptions {
  /** How long the events that belong to a hang-up may come after it. */
  settleMilliseconds: number
  /** How often Asterisk is asked how far the fax has come. */
  progressMilliseconds: number
  /** How long after an Originate its channel may not be there yet. */
  lookAgainMilliseconds: number
  /** What a call may take beyond the job's own limits, before it is hung up. */
  graceMilliseconds: number
  /** How long the agent waits for an Asterisk that it can't reach, before it gives the call up as unknown. */
  patienceMilliseconds: number
}

export const FOLLOW_DEFAULTS: Omit<FollowOptions, 'patienceMilliseconds'> = {
  settleMilliseconds: 2000,
  progressMilliseconds: 5000,
  lookAgainMilliseconds: 3000,
  graceMilliseconds: 60_000,
}

export interface FollowedCall {
  call: WatchedCall
  /** When Asterisk was told to dial, in milliseconds since 1970. */
  originatedAt: number
  /** When it must be over by the job's own limits, in milliseconds since 1970. */
  dueAt: number
  /** The connection that the call was dialled by; undefined after a restart. */
  dialledBy: AmiConnection | undefined
  /** Told when facts changed. */
  onChange: (facts: CallFacts) => Promise<void>
}

/** Follows a call to its end, over lost connections. Undefined: let go of in the middle. */
export async function followCall(
  dependencies: FollowDependencies,
  options: FollowOptions,
  followed: FollowedCall,
  letGo: AbortSignal,
): Promise<EndedEvent | undefined> {
  const { call, onChange } = followed
  const now = () => dependencies.waiting.now().getTime()
  const lookout = new Lookout(dependencies, options, followed, letGo)
  while (!letGo.aborted) {
    await onChange(call.facts)
    if (await isOver(options, call, letGo)) return judgeCall(call.facts, 'seen', now())
    const next = await lookout.look()
    if (next === 'gone') return letGo.aborted ? undefined : judgeCall(call.facts, 'gone', now())
    await call.wait(next, letGo)
  }
  return undefined
}

/** The end was told, and what belongs to it; or nothing more came within the time for it. */
async function isOver(options: FollowOptions, call: WatchedCall, letGo: AbortSignal): Promise<boolean> {
  while (!letGo.aborted) {
    const { facts } = call
    if (facts.hangup === undefined && facts.notConnected === undefined) return false
    if (isSettled(facts)) return true
    await call.wait(options.settleMilliseconds, letGo)
    if (call.facts === facts) return !letGo.aborted
  }
  return false
}

/** What has to be looked after while events come or don't: whether the call still lives, is late, how far it has come. */
class Lookout {
  readonly #dependencies: FollowDependencies
  readonly #options: FollowOptions
  readonly #followed: FollowedCall
  readonly #letGo: AbortSignal
  /** The connection by which all events of the call were heard so far. */
  #heardBy: AmiConnection | undefined
  #blindSince: number | undefined
  #askAt: number
  #hungUpAt: number | undefined

  constructor(
    dependencies: FollowDependencies,
    options: FollowOptions,
    followed: FollowedCall,
    letGo: AbortSignal,
  ) {
    this.#dependencies = dependencies
    this.#options = options
    this.#followed = followed
    this.#letGo = letGo
    this.#heardBy = followed.dialledBy
    this.#askAt = this.#now() + options.progressMilliseconds
  }

  /** In how many milliseconds to look again; `gone`: there is nothing left to look at. */
  async look(): Promise<number | 'gone'> {
    const { connection } = this.#dependencies.link
    if (connection === undefined) return this.#lookBlindly()
    try {
      const next = await this.#lookBy(connection)
      this.#blindSince = undefined
      return next
    } catch (error) {
      this.#dependencies.log('pbx-did-not-answer', { reason: (error as Error).message }, 'warning')
      return this.#lookBlindly()
    }
  }

  #lookBlindly(): number | 'gone' {
    const { patienceMilliseconds, progressMilliseconds } = this.#options
    this.#heardBy = undefined
    this.#blindSince ??= this.#now()
    return this.#now() - this.#blindSince > patienceMilliseconds ? 'gone' : progressMilliseconds
  }

  async #lookBy(connection: AmiConnection): Promise<number | 'gone'> {
    const { call, dueAt } = this.#followed
    const { progressMilliseconds, graceMilliseconds, settleMilliseconds } = this.#options
    if (connection !== this.#heardBy) {
      if (!(await this.#livesOn(connection))) return call.facts.hangup === undefined ? 'gone' : 0
      this.#heardBy = connection
    }
    if (this.#now() > dueAt + graceMilliseconds) {
      if (this.#hungUpAt !== undefined)
        return this.#now() - this.#hungUpAt > settleMilliseconds ? 'gone' : settleMilliseconds
      this.#hungUpAt = this.#now()
      await call.hangUp(connection)
      return settleMilliseconds
    }
    if (call.facts.answeredAt !== undefined && this.#now() >= this.#askAt) {
      this.#askAt = this.#now() + progressMilliseconds
      await call.askProgress(connection)
    }
    return progressMilliseconds
  }

  async #livesOn(connection: AmiConnection): Promise<boolean> {
    const { call, originatedAt } = this.#followed
    if (await call.lives(connection)) return true
    const early = originatedAt + this.#options.lookAgainMilliseconds - this.#now()
    if (early <= 0) return false
    await call.wait(early, this.#letGo)
    return !this.#letGo.aborted && (await call.lives(connection))
  }

  #now(): number {
    return this.#dependencies.waiting.now().getTime()
  }
}
