import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FunctionHost, LocalFunction } from './environment.ts'
import { type FunctionLog, openFunctionLog } from './function-log.ts'
import { type FunctionPool, makeFunctionPool } from './function-pool.ts'
import { listenOnLoopback } from './listen.ts'

const HOST: FunctionHost = {
  region: 'eu-west-1',
  accessKeyId: 'LOCALKEY',
  secretAccessKey: 'local secret',
  endpoint: 'http://127.0.0.1:1',
  dynamoDbEndpoint: 'http://127.0.0.1:2',
  redirects: [],
}

/** CI runs these under the Node of the deployment too. */
const NODE = process.env.FAXLANE_FUNCTION_NODE ?? process.execPath

let folder: string
let log: FunctionLog
let pools: FunctionPool[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-pool-'))
  log = openFunctionLog(join(folder, 'functions.log'))
  pools = []
})
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close(0)))
  await log.close()
  await rm(folder, { recursive: true })
})

/** A pool for a function of this source; in it, `events` is a list that lives as long as the process. */
async function poolOf(source: string, changes: Partial<LocalFunction> = {}, concurrency = 2, host = HOST) {
  await writeFile(join(folder, 'index.mjs'), `import net from 'node:net'\nconst events = []\n${source}`)
  const definition: LocalFunction = {
    name: 'sample',
    arn: 'arn:aws:lambda:eu-west-1:000000000000:function:sample',
    assetFolder: folder,
    handler: 'index.handler',
    environment: { GREETING: 'hello' },
    timeoutSeconds: 10,
    memoryMegabytes: 128,
    ...changes,
  }
  const pool = makeFunctionPool({ host, log, nodeBinary: NODE }, definition, concurrency)
  pools.push(pool)
  return pool
}

async function logged(pool: FunctionPool): Promise<Record<string, unknown>[]> {
  await pool.close(0)
  await log.close()
  const text = await readFile(join(folder, 'functions.log'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('a function', () => {
  test('answers, with the context of its invocation', async () => {
    const pool = await poolOf(`export const handler = async (event, context) => ({
      event, name: context.functionName, left: context.getRemainingTimeInMillis(), id: context.awsRequestId })`)
    const result = await pool.invoke({ number: '100' })
    expect(result).toMatchObject({ ok: true, payload: { event: { number: '100' }, name: 'sample' } })
    const { left, id } = (result.ok ? result.payload : {}) as { left: number; id: string }
    expect(left).toBeGreaterThan(5000)
    expect(left).toBeLessThanOrEqual(10_000)
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('sees the environment of the template and of Lambda, and nothing of the shell that started the gateway', async () => {
    process.env.AWS_PROFILE = 'production'
    process.env.AWS_SESSION_TOKEN = 'real'
    const pool = await poolOf('export const handler = async () => ({ ...process.env })')
    const result = await pool.invoke({})
    delete process.env.AWS_PROFILE
    delete process.env.AWS_SESSION_TOKEN
    const environment = (result.ok ? result.payload : {}) as Record<string, string>
    expect(environment).toMatchObject({
      GREETING: 'hello',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: HOST.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: HOST.dynamoDbEndpoint,
      AWS_ACCESS_KEY_ID: 'LOCALKEY',
    })
    expect(environment).not.toHaveProperty('AWS_PROFILE')
    expect(environment).not.toHaveProperty('AWS_SESSION_TOKEN')
    expect(environment).not.toHaveProperty('HOME')
  })

  test('keeps its process from one invocation to the next, also after it threw', async () => {
    const pool = await poolOf(`export const handler = async (event) => {
      events.push(event)
      if (event === 'bad') throw new TypeError('no such thing')
      return events.length
    }`)
    expect(await pool.invoke('good')).toEqual({ ok: true, payload: 1 })
    expect(await pool.invoke('bad')).toEqual({
      ok: false,
      error: { errorType: 'TypeError', errorMessage: 'no such thing' },
    })
    expect(await pool.invoke('good')).toEqual({ ok: true, payload: 3 })
  })

  test('that returns nothing answers null', async () => {
    const pool = await poolOf('export const handler = async () => {}')
    expect(await pool.invoke({})).toEqual({ ok: true, payload: null })
  })

  test('gets another process after a crash', async () => {
    const pool = await poolOf(`export const handler = async (event) => {
      if (event === 'crash') process.kill(process.pid, 'SIGKILL')
      else return 'fine'
    }`)
    const crashed = await pool.invoke('crash')
    expect(crashed).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } })
    expect(crashed).toMatchObject({ error: { errorMessage: expect.stringContaining('SIGKILL') } })
    expect(await pool.invoke('work')).toEqual({ ok: true, payload: 'fine' })
  })

  test('that throws outside of its promise ends with that error', async () => {
    const pool = await poolOf(`export const handler = () => new Promise(() => {
      setTimeout(() => { throw new Error('later') }, 10)
    })`)
    expect(await pool.invoke({})).toEqual({
      ok: false,
      error: { errorType: 'Runtime.UncaughtException', errorMessage: 'later' },
    })
  })

  test('is killed at its time limit', async () => {
    const pool = await poolOf('export const handler = () => new Promise(() => setInterval(() => {}, 1000))', {
      timeoutSeconds: 0.3,
    })
    expect(await pool.invoke({})).toEqual({
      ok: false,
      error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 0.30 seconds' },
    })
  })

  test('goes on through a Ctrl-C, which is for the gateway', async () => {
    const pool = await poolOf(`export const handler = async () => {
      process.kill(process.pid, 'SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 100))
      return 'done'
    }`)
    expect(await pool.invoke({})).toEqual({ ok: true, payload: 'done' })
  })

  test('that cannot be loaded says why at each invocation', async () => {
    const pool = await poolOf(`throw new Error('LEDGER_TABLE is missing')`)
    for (const _attempt of [1, 2]) {
      expect(await pool.invoke({})).toEqual({
        ok: false,
        error: { errorType: 'Error', errorMessage: 'LEDGER_TABLE is missing' },
      })
    }
  })

  test('that exports no such handler says so', async () => {
    const pool = await poolOf('export const handlre = () => 1')
    expect(await pool.invoke({})).toMatchObject({
      error: { errorMessage: 'index.handler is no exported function' },
    })
  })

  test('runs in at most as many processes as it may', async () => {
    const pool = await poolOf(
      `export const handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        return process.pid
      }`,
      {},
      2,
    )
    const results = await Promise.all(Array.from({ length: 6 }, () => pool.invoke({})))
    expect(results.every((result) => result.ok)).toBe(true)
    expect(new Set(results.map((result) => result.ok && result.payload)).size).toBe(2)
  })

  test('prewarmed, serves the first invocation with the process that is there', async () => {
    const pool = await poolOf(`const loadedAt = Date.now()\nexport const handler = async () => loadedAt`)
    await pool.prewarm()
    const warmAt = Date.now()
    const result = await pool.invoke({})
    expect(result.ok && Number(result.payload)).toBeLessThanOrEqual(warmAt)
  })

  test('that is still being loaded ahead is waited for, in place of a second process', async () => {
    const pool = await poolOf('export const handler = async () => process.pid')
    const warmed = pool.prewarm()
    const results = [await pool.invoke({}), await pool.invoke({})]
    await warmed
    expect(results[0]).toEqual(results[1])
  })

  test('under way when the gateway closes may end', async () => {
    const pool = await poolOf(`export const handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      return 'done'
    }`)
    await pool.prewarm()
    const invocation = pool.invoke({})
    await pool.close(5000)
    expect(await invocation).toEqual({ ok: true, payload: 'done' })
    expect(await pool.invoke({})).toMatchObject({ ok: false, error: { errorType: 'Gateway.Closed' } })
  })

  test('logs as in Lambda: a JSON object a line, with level and request id', async () => {
    const pool = await poolOf(`export const handler = async (event, context) => {
      console.debug('not at this level')
      console.log({ pages: 2 })
      console.warn('paper', 'low')
      process.stderr.write('raw text\\n')
      return context.awsRequestId
    }`)
    const result = await pool.invoke({})
    const records = await logged(pool)
    const requestId = result.ok ? result.payload : ''
    expect(records).toContainEqual(
      expect.objectContaining({ function: 'sample', level: 'INFO', requestId, message: { pages: 2 } }),
    )
    expect(records).toContainEqual(
      expect.objectContaining({ level: 'WARN', requestId, message: 'paper low' }),
    )
    expect(records).toContainEqual(expect.objectContaining({ function: 'sample', message: 'raw text' }))
    expect(JSON.stringify(records)).not.toContain('not at this level')
  })
})

describe('the guard of a function', () => {
  const attempt = `export const handler = (options) => new Promise((resolve) => {
    const socket = net.connect(options)
    socket.on('connect', () => { socket.destroy(); resolve('connected') })
    socket.on('error', (error) => resolve(error.code))
  })`

  test.each([
    { host: 'example.org', port: 443 },
    { host: '10.1.2.3', port: 80 },
    { host: '127.0.0.1.example.org', port: 80 },
    { host: '::', port: 80 },
  ])('refuses $host', async (options) => {
    const pool = await poolOf(attempt)
    expect(await pool.invoke(options)).toEqual({ ok: true, payload: 'ERR_NOT_LOOPBACK' })
  })

  test.each([
    ['fetch', `await fetch('https://example.org')`, 'refused'],
    [
      'node:https',
      `await new Promise((_, fail) => https.get('https://example.org').on('error', fail))`,
      'refused',
    ],
    [
      'node:tls',
      `await new Promise((_, fail) => tls.connect(443, 'example.org').on('error', fail))`,
      'refused',
    ],
    ['a datagram', `dgram.createSocket('udp4').send('x', 53, '192.0.2.1')`, 'datagram'],
  ])('refuses %s', async (_name, statement, word) => {
    const pool =
      await poolOf(`import https from 'node:https'; import tls from 'node:tls'; import dgram from 'node:dgram'
      export const handler = async () => {
        try { ${statement}; return 'sent' } catch (error) { return String(error.cause ?? error) }
      }`)
    const result = await pool.invoke({})
    expect(result).toEqual({
      ok: true,
      payload: expect.stringContaining('The local gateway lets no function connect'),
    })
    expect(result).toEqual({ ok: true, payload: expect.stringContaining(word) })
  })

  test('lets a function reach this machine, and redirects the host and port of an FTP backend', async () => {
    const server = createServer((_request, response) => response.end())
    const port = await listenOnLoopback(server)
    const host = { ...HOST, redirects: [{ host: 'ftp.example.org', port: 21, toPort: port }] }
    const pool = await poolOf(attempt, {}, 1, host)
    expect(await pool.invoke({ host: '127.0.0.1', port })).toEqual({ ok: true, payload: 'connected' })
    expect(await pool.invoke({ host: 'FTP.example.org', port: 21 })).toEqual({
      ok: true,
      payload: 'connected',
    })
    expect(await pool.invoke({ host: 'ftp.example.org', port: 22 })).toEqual({
      ok: true,
      payload: 'ERR_NOT_LOOPBACK',
    })
    server.closeAllConnections()
    server.close()
  })
})
