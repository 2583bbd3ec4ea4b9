import { DIAL_VARIABLES } from '../../../shared/transmission/pbx-words.ts'
import type { TransmitJob } from '../../../shared/transmission/transmit-job.ts'
import { type AmiField, variable } from '../ami/ami-message.ts'

/** How this site's PBX is dialled through. */
export interface Dialling {
  /** The context by which the PBX reaches the outside. */
  dialContext: string
  /** The context that sends the fax. */
  transmitContext: string
}

/** What an attempt is called everywhere: in the journal, as its claim's end, and as the channel's Uniqueid in every event. */
export function attemptName({
  transmissionId,
  attempt,
}: Pick<TransmitJob, 'transmissionId' | 'attempt'>): string {
  return `${transmissionId}-${attempt}`
}

/** The fields of Originate. `file` is the TIFF's path as Asterisk sees it. */
export function originateFields(
  job: TransmitJob,
  { dialContext, transmitContext }: Dialling,
  file: string,
): AmiField[] {
  const name = attemptName(job)
  const { destination, callerNumber, stationId, header } = job
  return [
    ['ActionID', name],
    ['Channel', `Local/${destination}@${dialContext}`],
    ['ChannelId', name],
    ['OtherChannelId', `${name}-b`],
    ['Context', transmitContext],
    ['Exten', 's'],
    ['Priority', '1'],
    ...(callerNumber === undefined ? [] : [['CallerID', `<${callerNumber}>`] as const]),
    ['Timeout', String(job.answerSeconds * 1000)],
    ['Async', 'true'],
    variable(DIAL_VARIABLES.file, file),
    variable(DIAL_VARIABLES.job, name),
    ...(stationId === undefined ? [] : [variable(DIAL_VARIABLES.stationId, stationId)]),
    ...(header === undefined ? [] : [variable(DIAL_VARIABLES.header, header)]),
    variable(DIAL_VARIABLES.ecm, job.ecm ? 'yes' : 'no'),
    variable(DIAL_VARIABLES.maxRate, String(job.maxRate)),
    variable(DIAL_VARIABLES.callSeconds, String(job.callSeconds)),
  ]
}
