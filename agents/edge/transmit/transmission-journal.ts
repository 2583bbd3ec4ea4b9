import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { transmissionReportSchema, transmitJobSchema } from '../../../shared/transmission/transmit-job.ts'
import { JournalFile, readJournal } from '../../journal-file.ts'
import type { Log } from '../../log.ts'

const timeSchema = z.iso.datetime()

const attemptStateSchema = z.object({
  /** Kept so that a call is followed after a restart before its message comes again. */
  job: transmitJobSchema.optional(),
  /** Asterisk was told to dial, or was about to be: from here on it is never told again. */
  originatingAt: timeSchema.optional(),
  answeredAt: timeSchema.optional(),
  ended: transmissionReportSchema.optional(),
})
/** What the agent knows of an attempt. */
export type AttemptState = z.infer<typeof attemptStateSchema>

/** One line of the journal. `name` is the attempt's (originate.ts). */
const entrySchema = z.discriminatedUnion('entry', [
  z.object({ entry: z.literal('instance'), instance: z.string().regex(/^[0-9a-f]{8,32}$/) }),
  z.object({ entry: z.literal('claimed'), name: z.string(), job: transmitJobSchema }),
  z.object({ entry: z.literal('originating'), name: z.string(), at: timeSchema }),
  z.object({ entry: z.literal('answered'), name: z.string(), at: timeSchema }),
  z.object({ entry: z.literal('ended'), name: z.string(), report: transmissionReportSchema }),
  /** All of it at once, after compaction. */
  z.object({ entry: z.literal('state'), name: z.string(), state: attemptStateSchema }),
])
type Entry = z.infer<typeof entrySchema>
export type AttemptEntry = Exclude<Entry, { entry: 'instance' }>

/** What must not be forgotten of the attempts, whatever kills the agent. */
export interface TransmissionJournal {
  /** Drawn once for a journal: what this agent's claims are known by. */
  instance: string
  stateOf: (name: string) => AttemptState | undefined
  /** The names of attempts that Asterisk was told of and that have not ended. */
  open: () => string[]
  /** Resolves when it is on the disk. When it rejects, nothing has changed. */
  write: (entry: AttemptEntry) => Promise<void>
  close: () => Promise<void>
}

/** SQS keeps no message longer than 14 days, and a dead letter that is sent back begins anew. */
const REMEMBERED_MILLISECONDS = 28 * 24 * 3600 * 1000

/** Reads the journal, or begins one, and cleans it of what is older than any message. */
export async function openTransmissionJournal(
  { log, now }: { log: Log; now: () => Date },
  path: string,
): Promise<TransmissionJournal> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const entries = await readJournal(path, entrySchema, log)
  const first = entries.find((entry) => entry.entry === 'instance')
  const instance = first?.instance ?? randomBytes(6).toString('hex')
  const states = new Map<string, AttemptState>()
  for (const entry of entries) if (entry.entry !== 'instance') apply(states, entry)
  const file = new JournalFile<Entry>(path, () => compacted(instance, states, now()))
  await file.rewrite()
  return {
    instance,
    stateOf: (name) => states.get(name),
    open: () => [...states].filter(([, state]) => isOpen(state)).map(([name]) => name),
    write: async (entry) => {
      await file.append(entry)
      apply(states, entry)
    },
    close: () => file.close(),
  }
}

function isOpen({ originatingAt, ended }: AttemptState): boolean {
  return originatingAt !== undefined && ended === undefined
}

function apply(states: Map<string, AttemptState>, entry: AttemptEntry): void {
  states.set(entry.name, stateAfter(states.get(entry.name) ?? {}, entry))
}

function stateAfter(before: AttemptState, entry: AttemptEntry): AttemptState {
  switch (entry.entry) {
    case 'claimed':
      // Also where Asterisk turned out not to have been told.
      return { job: entry.job }
    case 'originating':
      return { ...before, originatingAt: entry.at }
    case 'answered':
      return { ...before, answeredAt: entry.at }
    case 'ended':
      // The job has the callee's number; what is over needs none.
      return {
        ...(before.originatingAt !== undefined && { originatingAt: before.originatingAt }),
        ended: entry.report,
      }
    case 'state':
      return entry.state
  }
}

function compacted(instance: string, states: Map<string, AttemptState>, now: Date): Entry[] {
  for (const [name, { ended }] of states) {
    const age = ended === undefined ? 0 : now.getTime() - Date.parse(ended.transmission.at)
    if (age > REMEMBERED_MILLISECONDS) states.delete(name)
  }
  const kept = [...states].map(([name, state]) => ({ entry: 'state', name, state }) as const)
  return [{ entry: 'instance', instance }, ...kept]
}
