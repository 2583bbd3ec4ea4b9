import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { action, jsonService } from '../json-protocol.ts'
import type { Service } from '../server.ts'
import type { LogGroups } from './log-groups.ts'

const MOST_EVENTS = 10_000
const LARGEST_BATCH_BYTES = 1_048_576
/** What CloudWatch adds to each event when it measures a batch. */
const EVENT_OVERHEAD_BYTES = 26
const HOUR_MILLISECONDS = 3_600_000
const NEWEST_MILLISECONDS = 2 * HOUR_MILLISECONDS
const OLDEST_MILLISECONDS = 14 * 24 * HOUR_MILLISECONDS
const LONGEST_SPAN_MILLISECONDS = 24 * HOUR_MILLISECONDS

const eventSchema = z.object({ timestamp: z.number(), message: z.string() })
type LogEvent = z.infer<typeof eventSchema>

const putSchema = z.object({
  logGroupName: z.string(),
  logStreamName: z.string(),
  logEvents: z.array(eventSchema),
})

/** CloudWatch Logs, as far as PutLogEvents. */
export function createLogs(groups: LogGroups, clock: Clock): Service {
  const putLogEvents = action(putSchema, ({ logGroupName, logStreamName, logEvents }) => {
    const append = groups.writerOf(logGroupName, logStreamName)
    checkBatch(logEvents)
    const { taken, rejected } = sortOut(logEvents, clock.nowMilliseconds())
    append(taken.map(({ message }) => message))
    return {
      nextSequenceToken: String(clock.nowMilliseconds()),
      ...(rejected && { rejectedLogEventsInfo: rejected }),
    }
  })
  return jsonService({
    name: 'CloudWatch Logs',
    version: '1.1',
    actions: { PutLogEvents: putLogEvents },
    errorCodes: ERROR_CODES,
    errorNamespace: 'com.amazonaws.logs',
  })
}

const ERROR_CODES = {
  InvalidAccessKeyId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  AuthorizationHeaderMalformed: 'IncompleteSignatureException',
  InternalError: 'ServiceUnavailableException',
}

function checkBatch(events: LogEvent[]): void {
  const refused = (message: string) => new AwsError(400, 'InvalidParameterException', message)
  const [first, last] = [events.at(0), events.at(-1)]
  if (first === undefined || last === undefined || events.length > MOST_EVENTS)
    throw refused(
      `Log events in a single PutLogEvents request must be 1 to ${MOST_EVENTS}, not ${events.length}.`,
    )
  if (events.some(({ message }) => message === '')) throw refused('Log event message must not be empty.')
  const sizeBytes = events.reduce(
    (sum, { message }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES,
    0,
  )
  if (sizeBytes > LARGEST_BATCH_BYTES)
    throw refused(`Upload too large: ${sizeBytes} bytes exceeds limit of ${LARGEST_BATCH_BYTES}`)
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? timestamp)))
    throw refused('Log events in a single PutLogEvents request must be in chronological order.')
  if (last.timestamp - first.timestamp > LONGEST_SPAN_MILLISECONDS)
    throw refused('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
}

/** CloudWatch takes the rest of a batch, and answers with the places where it did not. */
function sortOut(events: LogEvent[], nowMilliseconds: number) {
  const tooOld = events.filter(({ timestamp }) => timestamp < nowMilliseconds - OLDEST_MILLISECONDS).length
  const fresh = events.findIndex(({ timestamp }) => timestamp > nowMilliseconds + NEWEST_MILLISECONDS)
  const tooNew = fresh < 0 ? events.length : fresh
  const rejected = {
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(fresh >= 0 && { tooNewLogEventStartIndex: fresh }),
  }
  return {
    taken: events.slice(tooOld, tooNew),
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
  }
}
