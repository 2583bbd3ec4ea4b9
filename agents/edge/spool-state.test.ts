import { rename } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { heartbeatSchema } from '../../shared/messages.ts'
import { measured } from './run-edge.ts'
import { EdgeSite, until } from './testing/edge-site.ts'

let site: EdgeSite
beforeEach(async () => {
  site = await EdgeSite.make()
})
afterEach(() => site.end())

const FAX = {
  stem: '1795420800-1795420790.42',
  tiff: 'a page',
  facts: { destination: '100', status: 'SUCCESS' },
}

/** What the gateway hears of the site by the next sign of life. */
function heard() {
  const at = new Date().toISOString()
  const heartbeat = { agent: 'edge', at, ...measured(performance.now(), site.told, undefined) }
  return heartbeatSchema.parse({ version: 1, heartbeat }).heartbeat
}

describe('the gateway hears of faxes that stay at the site', () => {
  it('that Asterisk wrote so that the agent may not read them', async () => {
    const dependencies = await site.dependencies()
    let mayRead = false
    const spool = {
      ...dependencies.spool,
      look: async (stem: string) => {
        if (mayRead) return await dependencies.spool.look(stem)
        throw Object.assign(new Error("EACCES: permission denied, open '…facts'"), { code: 'EACCES' })
      },
    }
    await site.call(FAX)
    const stop = site.start({ ...dependencies, spool })
    await until('it is told', () => heard().unreadable === 1)
    expect(heard()).toMatchObject({ waiting: 0, trouble: expect.stringContaining('EACCES') })
    mayRead = true
    await until('it is told no more', () => heard().unreadable === undefined)
    expect(heard().trouble).toBeUndefined()
    await stop()
  })

  it('of a spool that can not be read at all', async () => {
    await site.call(FAX)
    await rename(site.spool, `${site.spool}-elsewhere`)
    const stop = site.start(await site.dependencies())
    await until('it is told', () => heard().trouble !== undefined)
    await stop()
    expect(heard().trouble).toContain('ENOENT')
  })

  it('that are too large and were set aside, until somebody has looked after them', async () => {
    await site.call({ ...FAX, tiff: 'x'.repeat(2000) })
    const stop = site.start(await site.dependencies(), { largestBytes: 1000 })
    await until('it is told', () => heard().refused === 1 && heard().waiting === 0)
    await rename(`${site.spool}/refused`, `${site.spool}-looked-after`)
    await until('it is told no more', () => heard().refused === undefined)
    await stop()
    expect(heard()).toMatchObject({ waiting: 0 })
  })

  it('of which S3 takes none while SQS takes the signs of life: for how long, and why', async () => {
    const denied = Object.assign(new Error('Access Denied'), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    })
    const refuse = () => Promise.reject(denied)
    await site.call(FAX)
    const stop = site.start(await site.dependencies({ incoming: { putTiff: refuse, headTiff: refuse } }))
    await until('it is told', () => heard().trouble !== undefined)
    await stop()
    expect(heard()).toMatchObject({
      waiting: 1,
      oldestSeconds: 0,
      trouble: expect.stringContaining('Access'),
    })
    // Half an hour later, nothing having changed.
    const later = measured(performance.now() + 1_800_000, site.told, undefined)
    expect(later.oldestSeconds).toBeGreaterThanOrEqual(1800)
  })

  it('of nothing where there is nothing to tell', async () => {
    const stop = site.start(await site.dependencies())
    await until('it has looked', () => site.told !== undefined)
    await site.call(FAX)
    await until('it is up', () => site.said.successes.length === 1)
    await until('it is clear', () => heard().waiting === 0)
    await stop()
    expect(Object.keys(heard()).sort()).toEqual(['agent', 'at', 'waiting'])
  })
})
