import type { StuckTransmission } from '../../shared/ledger/stuck-transmission.ts'
import type {
  EndedAttempt,
  TransmissionRecord,
  TransmissionState,
} from '../../shared/ledger/transmission-record.ts'
import { count } from '../faxes/amounts.ts'
import { dayOf, timeOf } from '../faxes/when.ts'
import type { Colour } from '../terminal/screen.ts'

export const STATE_COLOURS: Record<TransmissionState, Colour> = {
  accepted: 'cyan',
  waiting: 'cyan',
  dialling: 'cyan',
  sending: 'cyan',
  sent: 'green',
  failed: 'red',
  canceled: 'yellow',
  unknown: 'red',
  refused: 'red',
}

/** What is to be said of where it stands, behind its state. */
export function detailOf(record: TransmissionRecord, now: Date): string {
  const { state, rasterised, progress, history, attempt, reason = '', nextAttemptAt } = record
  const pages = rasterised?.pages ?? 0
  const last = history.at(-1)
  switch (state) {
    case 'accepted':
      return 'its pages are being made'
    case 'waiting': {
      const isDue = nextAttemptAt === undefined || new Date(nextAttemptAt) <= now
      const when = isDue ? ', for its site to dial' : `, not before ${timeInWords(nextAttemptAt)}`
      return last === undefined
        ? `${count(pages, 'page')}${when}`
        : `${last.text} Attempt ${attempt}${when}${modemInWords(record)}`
    }
    case 'dialling':
      return `attempt ${attempt}`
    case 'sending':
      return `${progress?.pagesSent ?? 0} of ${count(pages, 'page')}${station(progress)}`
    case 'sent':
      return `${count(last?.pagesSent ?? pages, 'page')} in ${Math.round(last?.callSeconds ?? 0)} s${station(last)}`
    default:
      return reason
  }
}

/** What is the matter with one that should have gone on by now, with the command that helps. */
export function stuckInWords(id: string, { why, remedy }: StuckTransmission): string {
  const help =
    remedy === 'cancel'
      ? `It may have gone out. Its agent tells when it is back; to end it before that: faxlane cancel ${id}`
      : 'faxlane sweep sets it going again, or says what is missing'
  return `${why}. ${help}`
}

export function attemptInWords({
  attempt,
  text,
  pagesSent,
  callSeconds,
  modem,
  foreign,
}: EndedAttempt): string {
  const pages = pagesSent === 0 ? '' : ` ${count(pagesSent, 'page')} arrived.`
  const call = callSeconds === 0 ? '' : ` ${Math.round(callSeconds)} s on the line.`
  const { hangupCause, hangupText, status, error, statusText } = foreign
  const words = [
    hangupCause === undefined ? undefined : `Q.850 ${hangupCause}`,
    hangupText,
    status,
    error,
    statusText,
  ]
  const said = words.filter((word) => word !== undefined && word !== '')
  const slow = modem.ecm ? '' : ` At most ${modem.maxRate} bit/s, without error correction.`
  return `attempt ${attempt}: ${text}${pages}${call}${slow}${said.length === 0 ? '' : ` (${said.join(', ')})`}`
}

function modemInWords({ modem }: TransmissionRecord): string {
  return modem.ecm ? '' : `, at most ${modem.maxRate} bit/s without error correction`
}

function station(heard: { remoteStationId?: string | undefined } | undefined): string {
  return heard?.remoteStationId === undefined ? '' : `, station ${heard.remoteStationId}`
}

function timeInWords(instant: string): string {
  const date = new Date(instant)
  return `${dayOf(date)} ${timeOf(date)}`
}
