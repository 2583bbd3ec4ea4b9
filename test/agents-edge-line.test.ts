import { readFile } from 'node:fs/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { s3Incoming } from '../agents/edge/s3-incoming.ts'
import { EdgeSite, until } from '../agents/edge/testing/edge-site.ts'
import { startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import { type BadLine, FAULTS, openBadLine } from './bad-line.ts'
import { arrivedFaxes } from './edge-process.ts'

const BUCKET = 'faxlane-test'
const SAMPLE = new URL('samples/text-fine-noecm.tif', import.meta.url).pathname
const FAXES = 18

let cloud: TestStandIn
let line: BadLine
let site: EdgeSite
beforeAll(async () => {
  cloud = await startTestStandIn()
  await cloud.standIn.createBucket(BUCKET, [])
  site = await EdgeSite.make()
})
afterAll(async () => {
  await site.end()
  await line.close()
  await cloud.end()
})

it('every fault of the line, time and again: each fax goes up once, with its number', async () => {
  // Each request meets the next fault of the list, and each third of them none.
  let requests = 0
  line = await openBadLine(cloud.standIn.endpoint, () => {
    requests += 1
    return requests % 3 === 0 ? 'none' : (FAULTS[Math.floor(requests / 3) % FAULTS.length] ?? 'none')
  })
  const client = new S3Client({ ...cloud.client, endpoint: line.endpoint })
  const sample = await readFile(SAMPLE)
  for (let index = 0; index < FAXES; index += 1) {
    const facts = { destination: String(100 + (index % 8)), status: index % 9 === 4 ? 'FAILED' : 'SUCCESS' }
    const tiff = Buffer.concat([sample, Buffer.from(String(index))])
    await site.call({ stem: `${1_795_420_800 + index}-1`, facts, ...(index % 9 === 4 ? {} : { tiff }) })
  }
  const stop = site.start(
    await site.dependencies({
      incoming: s3Incoming(client, { bucket: BUCKET, stallMilliseconds: 300 }),
      // Minutes of waiting pass in seconds.
      elapsed: () => performance.now() * 500,
    }),
  )
  await until('the spool is empty', async () => (await site.left()).length === 0)
  await stop()
  client.destroy()

  const arrived = await arrivedFaxes(new S3Client(cloud.client), BUCKET)
  expect(new Set(arrived.map(({ facts }) => facts.callId)).size).toBe(FAXES)
  expect(arrived).toHaveLength(FAXES)
  expect(new Set(arrived.map(({ facts }) => facts.sequence)).size).toBe(FAXES)
  expect(requests).toBeGreaterThan(FAXES * 2)
  expect(await site.left()).toEqual([])
})
