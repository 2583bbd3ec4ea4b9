import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from './clock.ts'
import { type QueueAttributes, type StandIn, type StandInOptions, startStandIn } from './stand-in.ts'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

export const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret of the tests' }
/** The SDK warns of a streamed request that it can't repeat. */
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

export const REGION = 'eu-west-1'
export const ACCOUNT = '000000000000'
export const START = Date.parse('2026-01-31T12:00:00Z')

/** A clock that stands still until it is turned. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void
}

export function makeClock(startMilliseconds = START): TestClock {
  let now = startMilliseconds
  const timers = new Set<{ at: number; action: () => void }>()
  return {
    nowMilliseconds: () => now,
    after(milliseconds, action) {
      const timer = { at: now + milliseconds, action }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(milliseconds) {
      const until = now + milliseconds
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.action()
      }
      now = until
    },
  }
}

export interface TestStandIn {
  standIn: StandIn
  clock: TestClock
  homeFolder: string
  /** What onUnknownRequest was told. */
  told: string[]
  /** For any client of the SDK, but DynamoDB's. */
  client: {
    endpoint: string
    region: string
    credentials: typeof CREDENTIALS
    maxAttempts: number
    logger: typeof QUIET
  }
  /** Stops it and starts another one on the same folder. */
  restart(): Promise<TestStandIn>
  /** Stops it and removes the folder. */
  end(): Promise<void>
}

export async function startTestStandIn(options: Partial<StandInOptions> = {}): Promise<TestStandIn> {
  const homeFolder = options.homeFolder ?? (await mkdtemp(join(tmpdir(), 'faxlane-stand-in-')))
  const clock = makeClock()
  const told: string[] = []
  const standIn = await startStandIn(
    {
      homeFolder,
      accountId: ACCOUNT,
      region: REGION,
      delayDivisor: 1,
      onUnknownRequest: (text) => told.push(text),
      ...CREDENTIALS,
      ...options,
    },
    clock,
  )
  return {
    standIn,
    clock,
    homeFolder,
    told,
    client: {
      endpoint: standIn.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      maxAttempts: 1,
      logger: QUIET,
    },
    async restart() {
      await standIn.close()
      return startTestStandIn({ ...options, homeFolder })
    },
    async end() {
      await standIn.close()
      await rm(homeFolder, { recursive: true, force: true })
    },
  }
}

export const QUEUE: QueueAttributes = {
  visibilityTimeoutSeconds: 30,
  messageRetentionSeconds: 4 * 24 * 3600,
  delaySeconds: 0,
  receiveWaitSeconds: 0,
}

/** The error that a request ends with. */
export async function errorOf(
  request: Promise<unknown>,
): Promise<Error & { $metadata?: { httpStatusCode?: number } }> {
  try {
    await request
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
  throw new Error('The request succeeded, where the test expects an error.')
}
