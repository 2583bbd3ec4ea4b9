import type { TransmissionCause, TransmissionEvent } from '../../../shared/transmission/transmit-job.ts'
import type { CallFacts } from './call-facts.ts'

export type EndedEvent = Extract<TransmissionEvent, { event: 'ended' }>

/** How the agent came to judge: it saw the end; or the call was gone when it looked again. */
export type Sight = 'seen' | 'gone'

/** spandsp's and res_fax's words for why a fax failed (t30_api.c, res_fax.c); what none of them knows is the line's. */
const FAX_ERRORS: readonly [RegExp, TransmissionCause][] = [
  [/TIFF\/F|^FILE_ERROR$|error reading file|^Cannot open/i, 'file'],
  [/^Far end (is not|cannot|can't)|ident is not acceptable/i, 'incompatible'],
  [/^(INIT_ERROR|MEMORY_ERROR|INVALID_ARGUMENTS|NATIVE_FORMAT_ERROR|CHANNEL_PROBLEM)$/i, 'pbx'],
]

/** Causes of ITU-T Q.850 as Asterisk gives them for a call that was not answered; of what is not here, its class decides. */
const HANGUP_CAUSES: Readonly<Record<number, TransmissionCause>> = {
  1: 'unallocated',
  2: 'pbx',
  3: 'pbx',
  17: 'busy',
  18: 'no-answer',
  19: 'no-answer',
  20: 'no-answer',
  21: 'rejected',
  22: 'unallocated',
  27: 'congestion',
  28: 'unallocated',
}

/** Reasons of OriginateResponse (AST_CONTROL_…): for a call whose hang-up says no more. */
const ORIGINATE_REASONS: Readonly<Record<number, TransmissionCause>> = {
  1: 'no-answer',
  3: 'no-answer',
  5: 'busy',
  8: 'congestion',
}

/** What became of an attempt, in the words of the report. */
export function judgeCall(facts: CallFacts, sight: Sight, endedAt: number): EndedEvent {
  const { result, hangup, answeredAt, pagesSent, rate, remoteStationId } = facts
  const cause = causeOf(facts, sight)
  const end = hangup?.at ?? endedAt
  return {
    event: 'ended',
    cause,
    text: sentence(cause, facts),
    pagesSent,
    callSeconds: answeredAt === undefined ? 0 : Math.max(0, Math.round((end - answeredAt) / 100) / 10),
    ...(rate !== undefined && { rate }),
    ...(remoteStationId !== undefined && { remoteStationId }),
    foreign: {
      ...(result !== undefined && result),
      ...(hangup?.cause !== undefined && { hangupCause: hangup.cause }),
      ...(hangup?.text !== undefined && { hangupText: hangup.text }),
    },
  }
}

function causeOf(
  { result, neverBegan, hangup, answeredAt, notConnected }: CallFacts,
  sight: Sight,
): TransmissionCause {
  // SUCCESS comes with the error HANGUP: the status alone decides.
  if (result?.status === 'SUCCESS') return 'sent'
  if (result !== undefined) return faxError(result)
  if (answeredAt !== undefined && neverBegan === true) return 'line'
  // Answered, and nobody said how the fax ended: it may have gone out.
  if (answeredAt !== undefined || (sight === 'gone' && notConnected === undefined)) return 'unknown'
  return byHangup(hangup?.cause) ?? ORIGINATE_REASONS[notConnected?.reason ?? 0] ?? 'pbx'
}

function faxError({ error, statusText }: { error: string; statusText: string }): TransmissionCause {
  for (const [words, cause] of FAX_ERRORS) if (words.test(error) || words.test(statusText)) return cause
  return 'line'
}

/** Undefined where the cause says nothing: 0 is none, and 16 and 31 are any normal end. */
function byHangup(cause = 0): TransmissionCause | undefined {
  if (cause === 0 || cause === 16 || cause === 31) return undefined
  const known = HANGUP_CAUSES[cause]
  if (known !== undefined) return known
  // Q.850's classes: resource unavailable, service not available, service not implemented, the rest.
  if (cause >= 32 && cause <= 49) return 'congestion'
  if (cause >= 50 && cause <= 63) return 'rejected'
  if (cause >= 64 && cause <= 79) return 'incompatible'
  return cause >= 80 ? 'congestion' : 'rejected'
}

const SENTENCES: Readonly<Record<TransmissionCause, string>> = {
  sent: 'The fax was sent.',
  busy: 'The number was busy.',
  'no-answer': 'Nobody answered.',
  congestion: 'The telephone network had no free line to this number.',
  unallocated: 'There is no such number.',
  rejected: 'The call was rejected.',
  line: 'The other side answered, and the transmission broke off.',
  incompatible: 'The other machine can not receive this fax.',
  file: 'The PBX could not send the file.',
  pbx: 'The PBX could not place the call.',
  canceled: 'The fax was canceled before it was dialled.',
  unknown: 'The agent or the PBX was cut off in the middle: whether the fax went out is not known.',
}

/** One sentence of ours; where pages went out of a fax that failed, how many. The PBX's own words are in `foreign`. */
function sentence(cause: TransmissionCause, { pagesSent }: CallFacts): string {
  const pages = pagesSent === 1 ? 'one page was' : `${pagesSent} pages were`
  if (cause === 'sent') return pagesSent > 0 ? `The fax was sent: ${pages} confirmed.` : SENTENCES.sent
  return pagesSent > 0 ? `${SENTENCES[cause].slice(0, -1)}; ${pages} confirmed before.` : SENTENCES[cause]
}

/** An attempt that ended without a call. */
export function endedWithoutCall(cause: TransmissionCause, why?: string): EndedEvent {
  const text = why === undefined ? SENTENCES[cause] : `${SENTENCES[cause].slice(0, -1)}: ${why}`
  return { event: 'ended', cause, text, pagesSent: 0, callSeconds: 0, foreign: {} }
}
