import {
  type EndedAttempt,
  hasTransmissionEnded,
  type Modem,
  type RasterisedPages,
  type TransmissionRecord,
} from '../../shared/ledger/transmission-record.ts'
import type {
  TransmissionCause,
  TransmissionEvent,
  TransmissionReport,
} from '../../shared/transmission/transmit-job.ts'

/** How a transmission goes from state to state. Pure: who calls writes the result, on the condition that nothing changed. */

export const FIRST_MODEM: Modem = { ecm: true, maxRate: 14400 }

type Opening = Pick<
  TransmissionRecord,
  'id' | 'site' | 'destination' | 'way' | 'sender' | 'notify' | 'documentKey'
> &
  Partial<Pick<TransmissionRecord, 'outbound' | 'settings' | 'notBefore'>>

export function openTransmission(opening: Opening, now: Date): TransmissionRecord {
  return {
    ...opening,
    state: 'accepted',
    counted: false,
    attempt: 1,
    modem: FIRST_MODEM,
    history: [],
    openedAt: now.toISOString(),
    revision: 0,
  }
}

export function countTransmission(record: TransmissionRecord): TransmissionRecord {
  return { ...record, counted: true, revision: record.revision + 1 }
}

/** Nothing is dialled. Undefined when it is too late for that. */
export function refuseTransmission(
  record: TransmissionRecord,
  reason: string,
  now: Date,
): TransmissionRecord | undefined {
  return record.state === 'accepted' ? close(record, { state: 'refused', reason }, now) : undefined
}

/** Its pages are made: it waits for its first attempt. Undefined when it was canceled meanwhile, or is ready already. */
export function readyTransmission(
  record: TransmissionRecord,
  rasterised: RasterisedPages,
  now: Date,
): TransmissionRecord | undefined {
  if (record.state !== 'accepted') return undefined
  const instant = now.toISOString()
  const { notBefore = instant } = record
  return {
    ...record,
    state: 'waiting',
    rasterised,
    nextAttemptAt: notBefore > instant ? notBefore : instant,
    revision: record.revision + 1,
  }
}

/** The claim of its attempt is the gateway's, so nobody will dial. Undefined when it has ended, or is under way. */
export function cancelTransmission(
  record: TransmissionRecord,
  reason: string,
  now: Date,
): TransmissionRecord | undefined {
  if (record.state !== 'accepted' && record.state !== 'waiting') return undefined
  return close(record, { state: 'canceled', reason }, now)
}

/**
 * What the site's agent says of an attempt. Undefined when it says nothing new: reports come at least once and in any order, one of an earlier
 * attempt is past, and the first end stands, unless that was that nobody knows.
 */
export function observeTransmission(
  record: TransmissionRecord,
  report: Pick<TransmissionReport['transmission'], 'attempt' | 'at' | 'progress'> & {
    /** When it came, by the gateway's clock: a site's may be wrong by years. */
    heardAt?: string
  },
): TransmissionRecord | undefined {
  if (report.attempt !== record.attempt) return undefined
  const { progress, at, heardAt = at } = report
  if (record.state === 'unknown') return learnEnd(record, progress, at)
  if (hasTransmissionEnded(record)) return undefined
  // Before it has pages nobody can say anything of it, but that it is not wanted.
  const isCanceled = progress.event === 'ended' && progress.cause === 'canceled'
  if (record.state === 'accepted' && !isCanceled) return undefined
  switch (progress.event) {
    case 'dialling':
      if (record.state !== 'waiting') return undefined
      return { ...withoutWait(record), state: 'dialling', dialledAt: heardAt, revision: record.revision + 1 }
    case 'sending': {
      if (record.progress !== undefined && record.progress.at >= at) return undefined
      const { event: _, ...seen } = progress
      return {
        ...withoutWait(record),
        state: 'sending',
        dialledAt: record.dialledAt ?? heardAt,
        progress: { ...seen, at },
        revision: record.revision + 1,
      }
    }
    case 'ended':
      return endAttempt(record, progress, at)
  }
}

type Ended = Extract<TransmissionEvent, { event: 'ended' }>

function endAttempt(record: TransmissionRecord, ended: Ended, at: string): TransmissionRecord {
  const { progress: _, dialledAt: __, ...rest } = withoutWait(record)
  const tried: TransmissionRecord = { ...rest, history: [...record.history, lastWord(record, ended, at)] }
  const next = nextAttempt(tried)
  if (next === undefined) return closeAfter(tried, ended, at)
  return {
    ...tried,
    state: 'waiting',
    attempt: record.attempt + 1,
    modem: next.modem,
    nextAttemptAt: new Date(Date.parse(at) + next.waitSeconds * 1000).toISOString(),
    revision: record.revision + 1,
  }
}

/**
 * Somebody ended it, or another agent, and the one that dialled is back: it knows. Whatever it says is an end, since the sender was told that nothing is
 * dialled any more, and may have sent the fax again. What was forgotten on request learns nothing: the words would bring the number back.
 */
function learnEnd(
  record: TransmissionRecord,
  progress: TransmissionEvent,
  at: string,
): TransmissionRecord | undefined {
  if (progress.event !== 'ended' || progress.cause === 'unknown' || record.forgottenAt !== undefined)
    return undefined
  const { reason: _, ...unknown } = record
  return closeAfter(
    { ...unknown, history: [...record.history, lastWord(record, progress, at)] },
    progress,
    at,
  )
}

/** There was a last word on its last attempt, and another one after it. */
export function wasLearntLater({ history }: Pick<TransmissionRecord, 'history'>): boolean {
  return history.length > 1 && history.at(-1)?.attempt === history.at(-2)?.attempt
}

function lastWord({ attempt, modem }: TransmissionRecord, ended: Ended, at: string): EndedAttempt {
  const { event: _, ...said } = ended
  return { ...said, attempt, modem, endedAt: at }
}

function closeAfter(tried: TransmissionRecord, { cause, text }: Ended, at: string): TransmissionRecord {
  return close(tried, { state: END_OF_CAUSE[cause] ?? 'failed', reason: text }, new Date(at))
}

const END_OF_CAUSE: Partial<Record<TransmissionCause, TransmissionRecord['state']>> = {
  sent: 'sent',
  canceled: 'canceled',
  unknown: 'unknown',
}

/** Nobody was reached, or nothing dialled: the same again later. */
const AGAIN_LATER: ReadonlySet<TransmissionCause> = new Set(['busy', 'no-answer', 'congestion', 'pbx'])

/** Slower each time, and without error correction, whose frames a bad line keeps asking for until the call ends. */
const SLOWER: readonly Modem[] = [
  { ecm: false, maxRate: 9600 },
  { ecm: false, maxRate: 4800 },
]
/** For the other machine to hang up. */
const LINE_WAIT_SECONDS = 60

/**
 * What comes after the last attempt, by its cause. Never after unallocated and rejected numbers, machines and files that do not match, and never
 * after unknown: it may have gone out.
 */
function nextAttempt({
  history,
  settings,
}: TransmissionRecord): { modem: Modem; waitSeconds: number } | undefined {
  const last = history.at(-1)
  if (last === undefined || settings === undefined) return undefined
  if (AGAIN_LATER.has(last.cause)) {
    const tries = history.filter(({ cause }) => AGAIN_LATER.has(cause)).length
    return tries <= settings.retries
      ? { modem: last.modem, waitSeconds: settings.retryWaitSeconds }
      : undefined
  }
  if (last.cause !== 'line') return undefined
  const broken = history.filter(({ cause }) => cause === 'line')
  // Where not one page went through, it may be a person who picks up.
  const modem =
    broken.some(({ pagesSent }) => pagesSent > 0) || broken.length === 1
      ? SLOWER[broken.length - 1]
      : undefined
  return modem && { modem, waitSeconds: LINE_WAIT_SECONDS }
}

function withoutWait(record: TransmissionRecord): TransmissionRecord {
  const { nextAttemptAt: _, ...rest } = record
  return rest
}

function close(
  record: TransmissionRecord,
  end: { state: TransmissionRecord['state']; reason: string },
  now: Date,
): TransmissionRecord {
  const { state, reason } = end
  return {
    ...withoutWait(record),
    state,
    ...(state === 'sent' ? {} : { reason }),
    closedAt: now.toISOString(),
    revision: record.revision + 1,
  }
}
