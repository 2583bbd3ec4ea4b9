import { readEnvironment } from '../environment.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { makeDependencies } from './dependencies.ts'
import { environmentSchema } from './environment.ts'
import { receive } from './receive.ts'
import { arrivedObjects } from './s3-event.ts'

const dependencies = makeDependencies(readEnvironment(environmentSchema))

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body }) => {
    for (const object of arrivedObjects(body)) {
      const { id, state, pages } = await receive(dependencies, object)
      console.info({ event: 'fax', faxId: id, state, pages })
    }
  })
}
