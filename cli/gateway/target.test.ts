import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CommandFailed, WrongUsage } from '../subcommand.ts'
import { problemInWords } from './problems.ts'
import { findTarget, isNamed } from './target.ts'

const GATEWAY = {
  endpoint: 'http://127.0.0.1:4566',
  dynamoDbEndpoint: 'http://127.0.0.1:4567',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  region: 'eu-west-1',
  bucket: 'faxlane-000000000000-eu-west-1',
  deployment: 'faxlane',
  routingTable: '/nowhere/routing-table.json',
}

let running: string
let dead: string
let elsewhere: string
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faxlane-target-'))
  const home = async (name: string, claim: object) => {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'gateway.json'), JSON.stringify(claim))
    return join(folder, name)
  }
  running = await home('running', { pid: process.pid, gateway: GATEWAY })
  dead = await home('dead', { pid: 2 ** 22 + 1, gateway: GATEWAY })
  elsewhere = await home('elsewhere', {
    pid: process.pid,
    gateway: { ...GATEWAY, endpoint: 'http://192.0.2.1:80' },
  })
})

describe('the gateway that is meant', () => {
  it.each(['faxlane', 'hospital-data'])('--stack %s is the deployment of that name', async (stack) => {
    expect(await findTarget('list', { stack }, { FAXLANE_HOME: running })).toEqual({ deployment: stack })
  })

  it.each<[Parameters<typeof isNamed>, boolean]>([
    [[{}, {}], false],
    [[{ stack: 'faxlane' }, {}], true],
    [[{ home: '.faxlane' }, {}], true],
    [[{}, { FAXLANE_STACK: 'faxlane' }], true],
    [[{}, { FAXLANE_HOME: '' }], false],
  ])('%j is named or not', (words, expected) => {
    expect(isNamed(...words)).toBe(expected)
  })

  it('--home is the one that runs there; so is FAXLANE_HOME, and FAXLANE_STACK comes before it', async () => {
    const local = { local: GATEWAY, home: running }
    expect(await findTarget('list', { home: running }, { FAXLANE_STACK: 'trial' })).toEqual(local)
    expect(await findTarget('list', {}, { FAXLANE_HOME: running })).toEqual(local)
    expect(await findTarget('list', {}, { FAXLANE_HOME: running, FAXLANE_STACK: 'trial' })).toEqual({
      deployment: 'trial',
    })
  })

  it('is none that has ended, none on another machine, and never two', async () => {
    for (const home of [dead, elsewhere, join(running, 'nowhere')]) {
      await expect(findTarget('list', { home }, {})).rejects.toThrow(CommandFailed)
    }
    await expect(findTarget('list', { home: running, stack: 'faxlane' }, {})).rejects.toThrow(WrongUsage)
  })
})

const REFUSED = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

describe('what AWS says, in words', () => {
  const named = (name: string, message = 'x') => Object.assign(new Error(message), { name })
  it.each([
    [named('CredentialsProviderError'), 'there are no AWS credentials'],
    [named('ExpiredTokenException'), 'have expired'],
    [REFUSED, 'nothing answers where AWS should, for the deployment faxlane'],
    [new Error('Region is missing'), 'no AWS region is set'],
    [named('AccessDeniedException', 'may not\u001b[2J'), 'AWS refuses: may not\\u{1b}[2J'],
  ])('%s', (error, words) => {
    expect(problemInWords(error, { deployment: 'faxlane' })?.message).toContain(words)
  })

  it('a gateway on this machine that has ended is named', () => {
    const words = problemInWords(REFUSED, { local: GATEWAY, home: 'trial' })?.message
    expect(words).toMatch(/state in trial, does not answer any more/)
  })

  it('a fault of our own stays one', () => {
    expect(problemInWords(new TypeError('x is undefined'), { deployment: 'faxlane' })).toBeUndefined()
  })
})
