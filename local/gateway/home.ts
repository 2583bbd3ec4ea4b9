import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import * as z from 'zod'
import { assertLoopback } from '../loopback.ts'
import { type RunningGateway, runningGatewaySchema } from './description.ts'

/** gateway.json: first only the process that starts, then all that another process needs to work with the gateway. */
const claimSchema = z.object({ pid: z.int(), gateway: runningGatewaySchema.optional() })
type Claim = z.infer<typeof claimSchema>

/** A gateway is up on the same home folder. It serves as well as an own one would. */
export class GatewayRuns extends Error {
  override name = 'GatewayRuns'
  readonly gateway: RunningGateway
  constructor(homeFolder: string, pid: number, gateway: RunningGateway) {
    super(
      `A gateway runs on ${homeFolder} already, as process ${pid}. Send your fax to it, stop it, or choose another folder with --home.`,
    )
    this.gateway = gateway
  }
}

export interface Home {
  /** Tells other processes how to reach the gateway. */
  publish(gateway: RunningGateway): Promise<void>
  release(): Promise<void>
}

const CLAIM_FILE = 'gateway.json'
const START_LIMIT_MILLISECONDS = 30_000
const LOOK_AGAIN_MILLISECONDS = 100
const ANSWER_LIMIT_MILLISECONDS = 1000

/** Throws {@link GatewayRuns} when a gateway is up on the folder, and changes nothing in it. */
export async function assertFree(homeFolder: string): Promise<void> {
  const claim = parseClaim(await readText(join(homeFolder, CLAIM_FILE)))
  if (claim !== undefined) await assertNotServing(homeFolder, claim)
}

async function assertNotServing(homeFolder: string, { pid, gateway }: Claim): Promise<void> {
  if (gateway === undefined || !isAlive(pid) || !(await answers(gateway.endpoint))) return
  throw new GatewayRuns(homeFolder, pid, gateway)
}

/**
 * Makes this process the only gateway of the folder. Throws {@link GatewayRuns} when there is one, after waiting for it where it has only begun to start; what a
 * dead one left is taken over.
 */
export async function claimHome(homeFolder: string): Promise<Home> {
  await mkdir(homeFolder, { recursive: true, mode: 0o700 })
  const file = join(homeFolder, CLAIM_FILE)
  const startsUntil = Date.now() + START_LIMIT_MILLISECONDS
  while (!(await createNew(file, { pid: process.pid }))) {
    const found = await readText(file)
    const claim = parseClaim(found)
    if (claim !== undefined) await assertNotServing(homeFolder, claim)
    const isStarting = claim !== undefined && claim.gateway === undefined && isAlive(claim.pid)
    if (isStarting && Date.now() < startsUntil) {
      await pause(LOOK_AGAIN_MILLISECONDS)
      continue
    }
    if (found !== undefined) await removeStale(file, found)
  }
  return {
    publish: (gateway) => replaceFile(file, { pid: process.pid, gateway }),
    async release() {
      if (parseClaim(await readText(file))?.pid === process.pid) await rm(file, { force: true })
    },
  }
}

/** False when the file is there. A link, so that nobody ever reads a claim that is only half written. */
async function createNew(file: string, claim: Claim): Promise<boolean> {
  const unfinished = `${file}.${randomUUID()}.new`
  try {
    await writeFile(unfinished, JSON.stringify(claim), { mode: 0o600 })
    await link(unfinished, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(unfinished, { force: true })
  }
}

async function replaceFile(file: string, claim: Claim): Promise<void> {
  const unfinished = `${file}.${process.pid}.new`
  await writeFile(unfinished, `${JSON.stringify(claim, undefined, 2)}\n`, { mode: 0o600 })
  await rename(unfinished, file)
}

/**
 * Moved away and looked at again before it goes: between the judgement and the removal another process may have put
 * its own claim there, which then moves back.
 */
async function removeStale(file: string, judged: string): Promise<void> {
  const aside = `${file}.${randomUUID()}.stale`
  try {
    await rename(file, aside)
  } catch {
    // Another process was faster.
    return
  }
  if ((await readText(aside)) === judged) await rm(aside, { force: true })
  else await rename(aside, file)
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return undefined
  }
}

function parseClaim(text: string | undefined): Claim | undefined {
  try {
    return claimSchema.parse(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Of another user: there, but not ours to signal.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Any answer will do: a request without a signature gets an error, and that is a sign of life. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    assertLoopback(endpoint)
    await fetch(endpoint, { signal: AbortSignal.timeout(ANSWER_LIMIT_MILLISECONDS) })
    return true
  } catch {
    return false
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
