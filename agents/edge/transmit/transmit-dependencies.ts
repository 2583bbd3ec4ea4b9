import type { TransmissionReport } from '../../../shared/transmission/transmit-job.ts'
import type { Backoff } from '../../backoff.ts'
import type { Log } from '../../log.ts'
import type { JobFiles } from '../../queue/job-files.ts'
import type { Reports, WorkQueue } from '../../queue/work-queue.ts'
import type { Waiting } from '../../waiting.ts'
import type { AmiLink } from '../ami/ami-link.ts'
import type { Claims } from './claims.ts'
import { FOLLOW_DEFAULTS, type FollowOptions } from './follow-call.ts'
import type { Dialling } from './originate.ts'
import type { TransmissionJournal } from './transmission-journal.ts'

export interface TransmitDependencies {
  queue: WorkQueue
  reports: Reports<TransmissionReport>
  files: JobFiles
  claims: Claims
  journal: TransmissionJournal
  link: AmiLink
  waiting: Waiting
  /** Milliseconds of a clock that nobody sets. */
  elapsed: () => number
  log: Log
  /** Told of what a person who looks after the agent wants to see. */
  told: { success: (text: string) => void; error: (text: string) => void }
}

export interface TransmitOptions extends FollowOptions, Dialling {
  site: string
  /** Calls at a time. */
  channels: number
  /** Where Asterisk reads the documents from. */
  outgoingFolder: string
  /** How long a message stays invisible without a sign of life from the agent. */
  invisibleSeconds: number
  /** How long a message waits at once for a connection to the PBX that is not there. */
  linkMilliseconds: number
  /** How long a message waits for a PBX, by how often it came. */
  postpone: Backoff
  /** How long it waits where the agent itself could not go on: its disk, S3. */
  postponeAfterFault: Backoff
  /** How long the agent waits after SQS failed, by how often in a row. */
  afterFault: Backoff
  /** The least time between two reports of how far a fax has come. */
  reportMilliseconds: number
  /** How long calls may go on when the agent is told to stop; then they are left to Asterisk and the next start. */
  stopMilliseconds: number
}

export const TRANSMIT_DEFAULTS = {
  ...FOLLOW_DEFAULTS,
  channels: 1,
  invisibleSeconds: 120,
  linkMilliseconds: 15_000,
  // The patience for a PBX is an hour, and so is spent before the receives are.
  postpone: { firstMilliseconds: 15_000, longestMilliseconds: 300_000 },
  postponeAfterFault: { firstMilliseconds: 15_000, longestMilliseconds: 1_800_000 },
  afterFault: { firstMilliseconds: 1000, longestMilliseconds: 60_000 },
  reportMilliseconds: 10_000,
  // Less than the unit's TimeoutStopSec.
  stopMilliseconds: 45_000,
} as const satisfies Partial<TransmitOptions>
