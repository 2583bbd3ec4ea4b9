import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

/** Only this machine: the file may have come from another. */
const loopbackUrl = z
  .url()
  .refine((url) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname))

/** What is read of the file by which a gateway that runs with `npm start` tells others how to reach it. */
const claimSchema = z.object({
  pid: z.int(),
  gateway: z.object({
    endpoint: loopbackUrl,
    dynamoDbEndpoint: loopbackUrl,
    credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
    region: z.string(),
    bucket: z.string(),
    deployment: z.string(),
    /** The file of the checked table. */
    routingTable: z.string(),
  }),
})
export type LocalGateway = z.infer<typeof claimSchema>['gateway']

/** The gateway that runs on the home folder; undefined where none does. */
export async function findLocalGateway(homeFolder: string): Promise<LocalGateway | undefined> {
  const claim = claimSchema.safeParse(await readJson(join(homeFolder, 'gateway.json')))
  return claim.success && isAlive(claim.data.pid) ? claim.data.gateway : undefined
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
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
