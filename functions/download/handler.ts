import * as z from 'zod'
import { readEnvironment } from '../environment.ts'
import { makeDownloadDependencies } from './dependencies.ts'
import { type DownloadAnswer, download } from './download.ts'
import { downloadEnvironmentSchema } from './environment.ts'

/** What we read of a function URL's request (payload format 2.0). */
const requestSchema = z.object({
  rawPath: z.string(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
})

const dependencies = makeDownloadDependencies(readEnvironment(downloadEnvironmentSchema))

/** Logs nothing: the path is the key to a fax. */
export async function handler(event: unknown): Promise<DownloadAnswer> {
  const { rawPath, requestContext } = requestSchema.parse(event)
  return download(dependencies, { method: requestContext.http.method, path: rawPath })
}
