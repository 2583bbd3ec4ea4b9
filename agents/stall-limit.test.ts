import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Line, StalledError, withStallLimit } from './stall-limit.ts'

/** A call that ends only when its signal says so. */
async function endless({ signal }: Line): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  throw new Error('the call was cut')
}

describe('withStallLimit', () => {
  it('gives back what the call gives', async () => {
    expect(await withStallLimit({ what: 'a call', milliseconds: 1000 }, async () => 7)).toBe(7)
  })

  it('cuts a call that shows no life, and says which', async () => {
    const stalled = withStallLimit({ what: 'the upload', milliseconds: 20 }, endless)
    await expect(stalled).rejects.toThrow(new StalledError('the upload', 20))
  })

  it('leaves a slow call alone while it shows life', async () => {
    const slow = withStallLimit({ what: 'the upload', milliseconds: 200 }, async ({ signal, alive }) => {
      for (let step = 0; step < 6; step++) {
        await pause(60)
        alive()
      }
      return signal.aborted
    })
    expect(await slow).toBe(false)
  })

  it('waits longer for what was said to take longer, and no longer than that', async () => {
    const drained = withStallLimit({ what: 'the upload', milliseconds: 50 }, async ({ signal, alive }) => {
      alive(150)
      await pause(120)
      return signal.aborted
    })
    expect(await drained).toBe(false)
    const dead = withStallLimit({ what: 'the upload', milliseconds: 10 }, async (line) => {
      line.alive(40)
      return await endless(line)
    })
    await expect(dead).rejects.toThrow(new StalledError('the upload', 50))
  })

  it('lets the call end itself', async () => {
    const cut = withStallLimit({ what: 'the upload', milliseconds: 60_000 }, async ({ signal, cut }) => {
      cut(new Error('the disk is gone'))
      signal.throwIfAborted()
    })
    await expect(cut).rejects.toThrow('the disk is gone')
  })

  it('passes an abort from outside on, early or late, as no stall', async () => {
    const outer = new AbortController()
    const cut = withStallLimit({ what: 'the poll', milliseconds: 60_000, outer: outer.signal }, endless)
    outer.abort()
    await expect(cut).rejects.toThrow('the call was cut')
    const late = withStallLimit({ what: 'the poll', milliseconds: 60_000, outer: outer.signal }, endless)
    await expect(late).rejects.toThrow('the call was cut')
  })
})
