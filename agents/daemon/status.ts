import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { visible, visibleJson } from '../../shared/visible.ts'
import type { Log } from '../log.ts'
import type { Waiting } from '../waiting.ts'
import { isOneRunning } from './only-one.ts'

const eventSchema = z.object({ at: z.iso.datetime(), text: z.string() })

/** What a daemon says of itself, for `status`. */
const statusSchema = z.object({
  version: z.string(),
  site: z.string(),
  process: z.int(),
  startedAt: z.iso.datetime(),
  /** When this was written; a daemon at rest writes it every five minutes. */
  at: z.iso.datetime(),
  /** Files or jobs that wait. */
  waiting: z.int(),
  /** Where the agent sends: calls under way, and whether there is a connection to the PBX or why not. */
  sending: z.object({ calls: z.int(), pbx: z.string() }).optional(),
  lastSuccess: eventSchema.optional(),
  lastError: eventSchema.optional(),
})
export type Status = z.infer<typeof statusSchema>

const STATUS_FILE = 'status.json'
const SHORTEST_MILLISECONDS = 1000

export interface StatusKeeper {
  waiting: (count: number) => void
  sending: (sending: NonNullable<Status['sending']>) => void
  success: (text: string) => void
  error: (text: string) => void
  /** Writes it also when nothing changed; for the heartbeat. */
  alive: () => void
  /** Resolves when what was said last is on disk. */
  close: () => Promise<void>
}

/** Writes the status in one step, and at most once a second. A disk that is full costs the status and nothing else. */
export function keepStatus(
  { waiting, log }: { waiting: Waiting; log: Log },
  { stateFolder, ...start }: Pick<Status, 'version' | 'site'> & { stateFolder: string },
): StatusKeeper {
  const now = () => waiting.now().toISOString()
  let status: Status = { ...start, process: process.pid, startedAt: now(), at: now(), waiting: 0 }
  const closing = new AbortController()
  let changed = false
  let writing: Promise<void> | undefined
  const writeWhileChanged = async () => {
    while (changed) {
      changed = false
      await writeStatus(stateFolder, { ...status, at: now() }).catch((error: Error) => {
        log('status-not-written', { reason: error.message }, 'warning')
      })
      await waiting.pause(SHORTEST_MILLISECONDS, closing.signal)
    }
    writing = undefined
  }
  const change = (changes: Partial<Status>) => {
    status = { ...status, ...changes }
    changed = true
    writing ??= writeWhileChanged()
  }
  return {
    waiting: (count) => {
      if (count !== status.waiting) change({ waiting: count })
    },
    sending: (sending) => {
      if (sending.calls !== status.sending?.calls || sending.pbx !== status.sending.pbx) change({ sending })
    },
    success: (text) => change({ lastSuccess: { at: now(), text } }),
    error: (text) => change({ lastError: { at: now(), text } }),
    alive: () => change({}),
    close: async () => {
      closing.abort()
      await writing
    },
  }
}

async function writeStatus(stateFolder: string, status: Status): Promise<void> {
  const path = join(stateFolder, STATUS_FILE)
  const unfinished = `${path}.new`
  const file = await open(unfinished, 'w', 0o644)
  try {
    await file.writeFile(`${JSON.stringify(status, undefined, 2)}\n`)
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
}

export interface ShownStatus extends Status {
  running: boolean
}

/** undefined: the daemon has never run on this folder. Throws where the file can't be read. */
export async function readStatus(stateFolder: string): Promise<ShownStatus | undefined> {
  const text = await readFile(join(stateFolder, STATUS_FILE), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
  if (text === undefined) return undefined
  const status = statusSchema.parse(JSON.parse(text))
  return { ...status, running: await isOneRunning(stateFolder) }
}

/** Exit code 0: it runs; 1: it does not. */
export async function showStatus(
  { stateFolder, unit }: { stateFolder: string; unit: string },
  { json }: { json: boolean },
  write: (text: string) => void,
): Promise<0 | 1> {
  const status = await readStatus(stateFolder)
  if (json) write(`${visibleJson(status ?? { running: false }, 2)}\n`)
  else write(status === undefined ? `${unit} has not run yet.\n` : statusLines(status, unit))
  return status?.running === true ? 0 : 1
}

function statusLines(status: ShownStatus, unit: string): string {
  const {
    version,
    site,
    process: id,
    startedAt,
    at,
    waiting,
    sending,
    lastSuccess,
    lastError,
    running,
  } = status
  const event = (said: z.infer<typeof eventSchema> | undefined) =>
    said === undefined ? 'none' : `${said.at}  ${visible(said.text)}`
  return [
    running
      ? `${unit} ${version} runs since ${startedAt} (process ${id}, site ${site})`
      : `${unit} ${version} does not run (site ${site}). Start it: systemctl start ${unit}`,
    `  waiting       ${waiting}`,
    ...(sending === undefined
      ? []
      : [`  sending       ${sending.calls}`, `  PBX           ${visible(sending.pbx)}`]),
    `  last success  ${event(lastSuccess)}`,
    `  last error    ${event(lastError)}`,
    `  as of         ${at}`,
    '',
  ].join('\n')
}
