import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { httpIpp } from './ask-ipp.ts'
import { decodeIpp } from './decode.ts'
import { encodeIpp } from './encode.ts'
import { GROUP, OPERATION, TAG } from './message.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(listener: RequestListener, where: string | number = 0): Promise<Server> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) =>
    typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, '127.0.0.1', resolve),
  )
  return server
}

const portOf = (server: Server) => (server.address() as AddressInfo).port
const group = {
  tag: GROUP.operation,
  attributes: [{ name: 'attributes-charset', values: [{ tag: TAG.charset, value: 'utf-8' }] }],
}
const question = { operation: OPERATION.cupsGetDefault, groups: [group] }

/** Answers with the request itself, its code turned to 0. */
const echo: RequestListener = async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const asked = decodeIpp(Buffer.concat(chunks))
  response.end(encodeIpp({ ...asked, code: 0 }))
}

describe('httpIpp', () => {
  it('asks over TCP and reads the answer', async () => {
    const ask = httpIpp({ host: '127.0.0.1', port: portOf(await serve(echo)) })
    expect(await ask(question)).toEqual({
      version: { major: 2, minor: 0 },
      code: 0,
      requestId: 1,
      groups: [group],
    })
    expect((await ask(question)).requestId).toBe(2)
  })

  it('asks over a socket in the file system', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faxlane-ipp-'))
    const socketPath = join(folder, 'cups.sock')
    await serve(echo, socketPath)
    expect(await httpIpp({ socketPath })(question)).toMatchObject({ code: 0 })
    await rm(folder, { recursive: true })
  })

  it.each<[string, RequestListener, RegExp]>([
    ['an HTTP status', (_, response) => response.writeHead(426).end(), /HTTP status 426/],
    ['something else than IPP', (_, response) => void response.end('<html>'), /No IPP message/],
    ['nothing at all', (_, response) => void response.destroy(), /socket hang up|ECONNRESET/],
    ['half an answer', (_, response) => half(response), /aborted|ECONNRESET/],
    ['silence', () => {}, /nothing moved for 0.3 s/],
    [
      'more than anybody can want',
      (_, response) => void response.end(Buffer.alloc(5_000_000)),
      /more than 4 MiB/,
    ],
  ])('rejects when the answer is %s', async (_what, listener, reason) => {
    const ask = httpIpp({ host: '127.0.0.1', port: portOf(await serve(listener)) }, 300)
    await expect(ask(question)).rejects.toThrow(reason)
  })

  it('rejects when nobody listens', async () => {
    const server = await serve(echo)
    const port = portOf(server)
    await new Promise((resolve) => server.close(resolve))
    await expect(httpIpp({ host: '127.0.0.1', port })(question)).rejects.toThrow(/ECONNREFUSED/)
  })
})

function half(response: Parameters<RequestListener>[1]): void {
  response.writeHead(200, { 'Content-Length': 100 })
  response.write('half')
  setTimeout(() => response.destroy(), 20)
}
