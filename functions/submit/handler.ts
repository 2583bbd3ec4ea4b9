import { readEnvironment } from '../environment.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { MAX_RECEIVES } from '../queues/redrive.ts'
import { arrivedObjects } from '../receive/s3-event.ts'
import { makeSubmitDependencies, submitEnvironmentSchema } from './dependencies.ts'
import { submit } from './submit.ts'

const dependencies = makeSubmitDependencies(readEnvironment(submitEnvironmentSchema))

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body, receives }) => {
    for (const { key, arrivedAt, putBy = 'unknown' } of arrivedObjects(body)) {
      const records = await submit(dependencies, { key, putAt: arrivedAt, putBy }, receives >= MAX_RECEIVES)
      for (const { id, state, rasterised } of records) {
        console.info({ event: 'transmission', transmissionId: id, state, pages: rasterised?.pages })
      }
    }
  })
}
