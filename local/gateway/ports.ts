import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

/**
 * The ports of the last run, asked for again: a link in a mail of yesterday still leads to the fax today, unless another
 * program has taken its port.
 */
const portsSchema = z.object({ endpoint: z.int().optional(), functionUrls: z.record(z.string(), z.int()) })
export type Ports = z.infer<typeof portsSchema>

export async function readPorts(homeFolder: string): Promise<Ports> {
  try {
    return portsSchema.parse(JSON.parse(await readFile(fileOf(homeFolder), 'utf8')))
  } catch {
    return { functionUrls: {} }
  }
}

export async function keepPorts(homeFolder: string, ports: Ports): Promise<void> {
  await writeFile(fileOf(homeFolder), `${JSON.stringify(ports)}\n`, { mode: 0o600 })
}

export function portOf(url: string): number {
  return Number(new URL(url).port)
}

function fileOf(homeFolder: string): string {
  return join(homeFolder, 'ports.json')
}
