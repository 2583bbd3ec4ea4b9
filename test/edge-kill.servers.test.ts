import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QUEUE, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import { type BadLine, FAULTS, type Fault, openBadLine } from './bad-line.ts'
import {
  type Arrived,
  arrivedFaxes,
  type Call,
  type EdgeInstallation,
  installEdge,
  leftIn,
  takeCall,
} from './edge-process.ts'
import { waitFor } from './wait-for.ts'

const FAXES = 200
const KILLS = 200
const BUCKET = 'faxlane-test'
const SAMPLE = new URL('samples/text-fine-noecm.tif', import.meta.url).pathname
const EPOCH = 1_795_420_800

let cloud: TestStandIn
let line: BadLine
let s3: S3Client
let edge: EdgeInstallation
let fault: () => Fault = () => 'none'

beforeAll(async () => {
  cloud = await startTestStandIn()
  s3 = new S3Client(cloud.client)
  await cloud.standIn.createBucket(BUCKET, [])
  await cloud.standIn.createQueue('faxlane-reports-paris', QUEUE)
  line = await openBadLine(cloud.standIn.endpoint, () => fault())
  edge = await installEdge({ endpoint: line.endpoint, bucket: BUCKET, options: { scan_seconds: 1 } })
})
afterAll(async () => {
  await line.close()
  await cloud.end()
  await edge.remove()
})

/** Every fax has bytes of its own; some calls have no page, and a few numbers have most of the calls. */
function makeCall(index: number, sample: Buffer): Call {
  const withoutPage = index % 10 === 7
  const tiff = Buffer.concat([sample, Buffer.from(`fax ${index}`)])
  return {
    stem: `${EPOCH + index}-${index}`,
    tiff: withoutPage ? undefined : tiff,
    facts: {
      source: `04781234${index}`,
      destination: String(100 + (index % 5)),
      status: withoutPage ? 'FAILED' : 'SUCCESS',
      call: `call ${index}`,
      received: String(EPOCH + index),
    },
  }
}

/** As a script would: again and again with the same words, until it is taken. Some tries are killed. */
async function submit(index: number): Promise<void> {
  const receivedAt = new Date((EPOCH + index) * 1000).toISOString()
  const words = ['submit', SAMPLE, '--from', `04781234${index}`, '--to', String(100 + (index % 5))]
  for (let attempt = 0; ; attempt += 1) {
    const child = edge.spawnCommand(...words, `--call-id=call ${index}`, `--received-at=${receivedAt}`)
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    if (attempt < 2) {
      await pause(Math.random() * 400)
      child.kill('SIGKILL')
    }
    if ((await ended) === 0) return
  }
}

describe(`an edge agent that is killed ${KILLS} times over ${FAXES} faxes`, () => {
  it.each<[string, () => Fault]>([
    ['on a good line', () => 'none'],
    [
      'on a bad one',
      () => (Math.random() < 0.3 ? (FAULTS[Math.floor(Math.random() * FAULTS.length)] ?? 'none') : 'none'),
    ],
  ])(
    '%s uploads each of them once, under one id and one number',
    async (kind, faults) => {
      fault = faults
      const first = kind === 'on a good line' ? 0 : FAXES
      const sample = await readFile(SAMPLE)
      let taken = 0
      let kills = 0
      let killsAtWork = 0
      let longestLifeMilliseconds = 60
      const takeMore = async () => {
        const index = first + taken
        taken += 1
        if (index % 20 === 3) await submit(index)
        else await takeCall(edge.spool, makeCall(index, sample))
      }
      while (kills < KILLS || taken < FAXES) {
        while (taken < FAXES && taken <= kills + 2) await takeMore()
        const agent = edge.run()
        await waitFor(() => (agent.output().includes('started') ? true : undefined))
        const arriving = taken < FAXES ? takeMore() : undefined
        await pause(Math.random() * longestLifeMilliseconds)
        const isAtWork = (await leftIn(edge.spool)).length > 0
        if (isAtWork) killsAtWork += 1
        // How long the steps of a fax take depends on the machine: a kill that came too late brings the next ones forward.
        longestLifeMilliseconds *= isAtWork ? 1.25 : 0.8
        agent.child.kill('SIGKILL')
        expect(await agent.ended).toBe('SIGKILL')
        kills += 1
        await arriving
      }
      fault = () => 'none'
      const survivor = edge.run()
      await waitFor(() => (survivor.output().includes('started') ? true : undefined))
      await waitFor(async () => ((await leftIn(edge.spool)).length === 0 ? true : undefined))
      survivor.child.kill('SIGTERM')
      expect(await survivor.ended).toBe(0)

      console.info(`${kind}: ${kills} kills, ${killsAtWork} of them with faxes in the spool`)
      const arrived = await arrivedFaxes(s3, BUCKET)
      assertEachOnce(
        arrived.filter(({ facts }) => Number(facts.callId?.slice('call '.length)) >= first),
        first,
        sample,
      )
      expect(kills).toBeGreaterThanOrEqual(KILLS)
      expect(killsAtWork).toBeGreaterThan(KILLS / 4)
    },
    900_000,
  )
})

function assertEachOnce(arrived: Arrived[], first: number, sample: Buffer): void {
  const calls = arrived.map(({ facts }) => facts.callId).sort()
  const wanted = Array.from({ length: FAXES }, (_, index) => `call ${first + index}`).sort()
  expect(calls).toEqual(wanted)
  for (const { facts, sizeBytes } of arrived) {
    const index = Number(facts.callId?.slice('call '.length))
    const { tiff, facts: written } = makeCall(index, sample)
    expect(facts.destination).toBe(written.destination)
    expect(sizeBytes).toBe(index % 20 === 3 ? sample.length : (tiff?.length ?? 0))
  }
  // One number each, and none left out: what was given to a fax and not used would look like a fax that is missing.
  const numbers = arrived.map(({ facts }) => Number(facts.sequence)).sort((a, b) => a - b)
  const [lowest = Number.NaN] = numbers
  expect(numbers).toEqual(Array.from({ length: FAXES }, (_, index) => lowest + index))
}
