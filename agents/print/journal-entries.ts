import * as z from 'zod'
import { reportSchema } from '../../shared/messages.ts'

const spooledSchema = z.object({ id: z.int(), receipt: z.string(), token: z.string() })

const jobStateSchema = z.object({
  /** CUPS's job. */
  spooled: spooledSchema.optional(),
  /** releasing: it may print from now on, and whether it did may be for CUPS alone to know; released: CUPS said yes. */
  release: z.enum(['releasing', 'released']).optional(),
  /** The codes of the obstacles that were reported. */
  reported: z.array(z.string()),
  /** How it ended, and the message that it came with. */
  ended: z.object({ messageId: z.string(), report: reportSchema }).optional(),
})
/** What the agent knows of a job. */
export type JobState = z.infer<typeof jobStateSchema>

/** One line of the journal. `job` is the fax and the backend, which name a job whatever message brings it. */
export const journalEntrySchema = z.discriminatedUnion('entry', [
  z.object({ entry: z.literal('instance'), instance: z.string().regex(/^[0-9a-f]{8,32}$/) }),
  z.object({ entry: z.literal('spooled'), job: z.string(), spooled: spooledSchema }),
  z.object({ entry: z.literal('releasing'), job: z.string() }),
  z.object({ entry: z.literal('released'), job: z.string() }),
  z.object({ entry: z.literal('forgotten'), job: z.string() }),
  z.object({ entry: z.literal('reported'), job: z.string(), code: z.string() }),
  z.object({ entry: z.literal('ended'), job: z.string(), messageId: z.string(), report: reportSchema }),
  /** All of it at once, after compaction. */
  z.object({ entry: z.literal('state'), job: z.string(), state: jobStateSchema }),
])
export type JournalEntry = z.infer<typeof journalEntrySchema>
export type JobEntry = Exclude<JournalEntry, { entry: 'instance' }>

/** The state of a job after an entry; undefined: nothing is to be remembered. */
export function stateAfter(before: JobState | undefined, entry: JobEntry): JobState | undefined {
  const { ended: _, ...open } = before ?? { reported: [] }
  switch (entry.entry) {
    case 'spooled':
      return { spooled: entry.spooled, reported: open.reported }
    case 'releasing':
      return { ...open, release: 'releasing' }
    case 'released':
      return { ...open, release: 'released' }
    case 'forgotten':
      // After an end the job begins anew, with nothing reported of it.
      return before?.ended !== undefined || open.reported.length === 0
        ? undefined
        : { reported: open.reported }
    case 'reported':
      return { ...open, reported: [...open.reported, entry.code] }
    case 'ended':
      return { ...open, ended: { messageId: entry.messageId, report: entry.report } }
    case 'state':
      return entry.state
  }
}
