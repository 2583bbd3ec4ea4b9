import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listenOnLoopback } from '../lambda/listen.ts'
import type { RunningGateway } from './description.ts'
import { claimHome, GatewayRuns } from './home.ts'

let folder: string
let server: Server
let gateway: RunningGateway

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-home-'))
  server = createServer((_request, response) => response.writeHead(403).end())
  const port = await listenOnLoopback(server)
  gateway = {
    endpoint: `http://127.0.0.1:${port}`,
    dynamoDbEndpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    region: 'eu-west-1',
    bucket: 'bucket',
    ledgerTable: 'ledger',
    deployment: 'faxlane',
    routingTable: '/nowhere/routing-table.json',
    sites: ['main'],
    printQueues: { main: 'http://127.0.0.1:1/q' },
    reportsQueues: { main: 'http://127.0.0.1:1/r' },
    faxesUrl: 'http://127.0.0.1:2/faxes',
    folders: { bucket: '', mail: '', ftp: '', printed: '', sent: '', log: '', functionsLog: '' },
  }
})
afterEach(async () => {
  stopServer()
  await rm(folder, { recursive: true })
})

function stopServer(): void {
  server.closeAllConnections()
  server.close()
}

const claimedBy = (claim: object) => writeFile(join(folder, 'gateway.json'), JSON.stringify(claim))
const readClaim = async () => JSON.parse(await readFile(join(folder, 'gateway.json'), 'utf8'))

async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.once('exit', resolve))
  return child.pid ?? 0
}

describe('a home folder', () => {
  test('tells others of its gateway, for the owner alone, and nothing after its end', async () => {
    const home = await claimHome(folder)
    expect(await readClaim()).toEqual({ pid: process.pid })
    await home.publish(gateway)
    expect(await readClaim()).toEqual({ pid: process.pid, gateway })
    expect((await stat(join(folder, 'gateway.json'))).mode & 0o777).toBe(0o600)
    await home.release()
    expect(await readdir(folder)).toEqual([])
  })

  test('has one gateway: the second learns how to reach it', async () => {
    const home = await claimHome(folder)
    await home.publish(gateway)
    const refused = await claimHome(folder).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(GatewayRuns)
    expect(refused).toMatchObject({ gateway, message: expect.stringContaining(folder) })
  })

  test('of a gateway that has only begun to start is waited for', async () => {
    const home = await claimHome(folder)
    const second = claimHome(folder).catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 250))
    await home.publish(gateway)
    expect(await second).toMatchObject({ name: 'GatewayRuns', gateway })
  })

  test('of a process that is dead is taken over', async () => {
    await claimedBy({ pid: await pidOfTheDead(), gateway })
    await claimHome(folder)
    expect(await readClaim()).toEqual({ pid: process.pid })
  })

  test('of a process that died while it started is taken over', async () => {
    await claimedBy({ pid: await pidOfTheDead() })
    await claimHome(folder)
    expect(await readClaim()).toEqual({ pid: process.pid })
  })

  test('whose gateway is silent is taken over, though its process number lives on', async () => {
    await claimedBy({ pid: process.ppid, gateway })
    stopServer()
    await claimHome(folder)
    expect(await readClaim()).toEqual({ pid: process.pid })
  })

  test('whose file is broken, or leads to another machine, is taken over', async () => {
    for (const content of [
      '',
      '{',
      { pid: process.ppid, gateway: { ...gateway, endpoint: 'http://192.0.2.1' } },
    ]) {
      await writeFile(
        join(folder, 'gateway.json'),
        typeof content === 'string' ? content : JSON.stringify(content),
      )
      const home = await claimHome(folder)
      expect(await readClaim()).toEqual({ pid: process.pid })
      await home.release()
    }
  })

  test('that was taken over is not released by the one before', async () => {
    const home = await claimHome(folder)
    await claimedBy({ pid: process.ppid, gateway })
    await home.release()
    expect(await readClaim()).toMatchObject({ pid: process.ppid })
  })

  test('goes to one of several that start at once', async () => {
    await claimedBy({ pid: await pidOfTheDead(), gateway })
    const starts = Array.from({ length: 5 }, async () => {
      const home = await claimHome(folder)
      await home.publish(gateway)
      return 'up'
    })
    const results = await Promise.allSettled(starts)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
