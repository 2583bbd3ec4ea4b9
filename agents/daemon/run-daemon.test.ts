import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { LogLevel } from '../log.ts'
import { NotTheOnlyOneError } from './only-one.ts'
import { type Daemon, type Heart, runDaemon } from './run-daemon.ts'

function world(work: Daemon['work'], { taken = false } = {}) {
  const signals = new EventEmitter()
  const did: string[] = []
  let now = 0
  const dependencies = {
    log: (event: string, fields: object, level: LogLevel = 'info') =>
      void did.push(
        `${level} ${event}${'reason' in fields ? ` ${String(fields.reason).split('\n')[0]}` : ''}`,
      ),
    onlyOne: async (stateFolder: string) => {
      if (taken) throw new NotTheOnlyOneError('Another agent works there.')
      did.push(`held ${stateFolder}`)
      return async () => void did.push('released')
    },
    notify: (...assignments: readonly string[]) => void did.push(assignments.join(' ')),
    signals: signals as unknown as Pick<NodeJS.Process, 'on' | 'off'>,
    monotonicMilliseconds: () => now,
    exit: (code: number) => void did.push(`exit ${code}`),
  }
  const daemon = {
    name: 'faxlane-edge',
    version: '1.0.0',
    stateFolder: '/state',
    watchdogMilliseconds: 90_000,
    work,
  }
  return {
    did,
    signals,
    advance: (milliseconds: number) => {
      now += milliseconds
    },
    run: () => runDaemon(dependencies, daemon),
  }
}

/** Until the work has begun. */
const started = () => new Promise(setImmediate)

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

describe('a daemon', () => {
  it.each(['SIGTERM', 'SIGINT'])('ends its work on %s, and then itself', async (signal) => {
    const { did, signals, run } = world(async (stopping) => {
      await untilAborted(stopping)
      did.push('work ended')
    })
    const running = run()
    await started()
    signals.emit(signal, signal)
    expect(await running).toBe(0)
    expect(did).toEqual([
      'held /state',
      'info started',
      'READY=1',
      'info stopping',
      'STOPPING=1',
      'work ended',
      'info stopped',
      'released',
    ])
    expect(signals.listenerCount('SIGTERM') + signals.listenerCount('SIGINT')).toBe(0)
  })

  it('ends at once when it is told so a second time', async () => {
    const { did, signals, run } = world(untilAborted)
    const running = run()
    await started()
    signals.emit('SIGTERM', 'SIGTERM')
    signals.emit('SIGTERM', 'SIGTERM')
    await running
    expect(did).toContain('exit 1')
  })

  it.each([
    ['throws', () => Promise.reject(new Error('the disk is gone')), 'the disk is gone'],
    ['ends by itself', () => Promise.resolve(), 'The work ended, and nobody had asked for it.'],
  ])('whose work %s says so and fails, so that it is started again', async (_, work, reason) => {
    const { did, run } = world(work)
    expect(await run()).toBe(1)
    expect(did.at(-2)).toContain(`error broke-off Error: ${reason}`)
    expect(did.at(-1)).toBe('released')
  })

  it('does not begin where another one is at work', async () => {
    const { did, run } = world(untilAborted, { taken: true })
    expect(await run()).toBe(1)
    expect(did).toEqual(['error broke-off NotTheOnlyOneError: Another agent works there.'])
  })

  it('feeds the watchdog from its heart alone, three times in its span', async () => {
    let heart: Heart = { beat: () => {} }
    const { did, signals, run, advance } = world(async (stopping, given) => {
      heart = given
      await untilAborted(stopping)
    })
    const running = run()
    await started()
    const fed = () => did.filter((what) => what === 'WATCHDOG=1').length
    expect(fed()).toBe(0)
    heart.beat()
    heart.beat()
    expect(fed()).toBe(1)
    advance(29_999)
    heart.beat()
    expect(fed()).toBe(1)
    advance(1)
    heart.beat()
    expect(fed()).toBe(2)
    // Nothing feeds it while the loop stands still.
    advance(300_000)
    expect(fed()).toBe(2)
    signals.emit('SIGTERM', 'SIGTERM')
    await running
  })
})
