import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FunctionUrlServer, startFunctionUrl } from './function-url.ts'
import type { InvocationResult } from './runtime-api.ts'

let server: FunctionUrlServer
let events: Record<string, unknown>[]

beforeEach(async () => {
  server = await startFunctionUrl(undefined)
  events = []
})
afterEach(() => server.close())

function answering(result: InvocationResult): void {
  server.serve({
    async invoke(event) {
      events.push(event as Record<string, unknown>)
      return result
    },
  })
}

test('a request comes as payload 2.0, and the answer goes out as it says', async () => {
  answering({ ok: true, payload: { statusCode: 302, headers: { Location: 'http://127.0.0.1:9/x' } } })
  const response = await fetch(`${server.url}fax%20one?a=1&a=2&b=%C3%A9`, {
    redirect: 'manual',
    headers: { cookie: 'k=v; l=w' },
  })
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toBe('http://127.0.0.1:9/x')
  expect(events[0]).toMatchObject({
    version: '2.0',
    rawPath: '/fax%20one',
    rawQueryString: 'a=1&a=2&b=%C3%A9',
    queryStringParameters: { a: '1,2', b: 'é' },
    cookies: ['k=v', 'l=w'],
    isBase64Encoded: false,
    requestContext: {
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      http: { method: 'GET', path: '/fax one', sourceIp: '127.0.0.1' },
    },
  })
  expect(events[0]).not.toHaveProperty('body')
})

test('a body comes in base64', async () => {
  answering({ ok: true, payload: { statusCode: 204 } })
  await fetch(server.url, { method: 'POST', body: 'abc' })
  expect(events[0]).toMatchObject({ body: 'YWJj', isBase64Encoded: true })
})

test('an answer without a status is the body of a 200', async () => {
  answering({ ok: true, payload: { hello: 1 } })
  const response = await fetch(server.url)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ hello: 1 })
})

test('a function that failed gives a 502 that tells nothing of it', async () => {
  answering({ ok: false, error: { errorType: 'Error', errorMessage: 'secret detail' } })
  const response = await fetch(server.url)
  expect(response.status).toBe(502)
  expect(await response.text()).toBe('Internal Server Error')
})

test('before its function is there, a request gets a 503', async () => {
  expect((await fetch(server.url)).status).toBe(503)
})

test('a taken port gives another one', async () => {
  const second = await startFunctionUrl(Number(new URL(server.url).port))
  expect(second.url).not.toBe(server.url)
  await second.close()
})
