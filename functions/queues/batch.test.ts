import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { arrivedObjects } from '../receive/s3-event.ts'
import { workOnBatch } from './batch.ts'

const event: unknown = JSON.parse(
  readFileSync(new URL('../../events/sqs-arrivals.json', import.meta.url), 'utf8'),
)

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

it('reports the message that failed and keeps the others', async () => {
  const seen: number[] = []
  const response = await workOnBatch(event, async ({ body, receives }) => {
    seen.push(receives)
    arrivedObjects(body)
  })
  expect(seen).toEqual([1, 5])
  expect(response).toEqual({
    batchItemFailures: [{ itemIdentifier: '2e1424d4-f796-459a-8184-9c92662be6da' }],
  })
  expect(console.error).toHaveBeenCalledOnce()
})

it('refuses an event that is not of SQS, as a whole', async () => {
  await expect(workOnBatch({ Records: [{ s3: {} }] }, async () => {})).rejects.toThrow()
})
