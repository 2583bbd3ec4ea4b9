import { concernsOfTransmission } from '../../shared/ledger/concerns.ts'
import { whyStuck } from '../../shared/ledger/stuck-transmission.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { visible } from '../../shared/visible.ts'
import { count, sizeInWords } from '../faxes/amounts.ts'
import { dayOf, timeOf } from '../faxes/when.ts'
import { type Fact, factLines } from '../terminal/facts.ts'
import type { Screen } from '../terminal/screen.ts'
import { textWidth } from '../terminal/text-width.ts'
import { wrap } from '../terminal/wrap.ts'
import { attemptInWords, detailOf, STATE_COLOURS, stuckInWords } from './words.ts'

/** All that is known of a fax that was to be sent. */
export function describeTransmission(
  screen: Pick<Screen, 'columns' | 'paint'>,
  record: TransmissionRecord,
  now: Date,
): string {
  const { columns } = screen
  const { history } = record
  const attempts = history.flatMap((attempt) => {
    const time = timeInWords(attempt.endedAt)
    return wrap(visible(`${time}  ${attemptInWords(attempt)}`), columns - 2).map((line) => `  ${line}`)
  })
  return [
    ...headline(screen, record, visible(detailOf(record, now))),
    ...factLines(screen, factsOf(record)),
    ...(attempts.length === 0 ? [] : ['', ...attempts]),
    ...hints(record, now).flatMap((hint) => ['', ...wrap(visible(hint), columns)]),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** What it stands at is below where it does not fit. */
function headline(
  { paint, columns }: Pick<Screen, 'columns' | 'paint'>,
  { id, state }: TransmissionRecord,
  detail: string,
): string[] {
  const head = `${paint('bold', id)}  ${paint(STATE_COLOURS[state], state)}`
  if (textWidth(`${id}  ${state}  ${detail}`) <= columns) return [`${head}  ${detail}`.trimEnd()]
  return [head, ...wrap(detail, columns - 2).map((line) => `  ${line}`)]
}

function hints(record: TransmissionRecord, now: Date): string[] {
  const { id, forgottenAt } = record
  const again = forgottenAt === undefined ? `faxlane retry ${id} --again` : undefined
  const stuck = whyStuck(record, now)
  if (stuck !== undefined) return [`stuck: ${stuckInWords(id, stuck)}`]
  return concernsOfTransmission(record, now).flatMap(({ concern }) => {
    if (again === undefined) return []
    return [
      concern === 'unknown'
        ? `It may have arrived: ask whom it was for. To send it once more: ${again}`
        : `To send the same document once more, when the cause is mended: ${again}`,
    ]
  })
}

function factsOf(record: TransmissionRecord): Fact[] {
  const {
    destination,
    site,
    settings,
    sender,
    way,
    documentKey,
    rasterised,
    notify,
    notBefore,
    openedAt,
    closedAt,
  } = record
  const optional: (Fact | undefined)[] = [
    settings && [
      'from',
      [settings.callerNumber, settings.header].filter((part) => part !== undefined).join(', '),
    ],
    record.outbound === undefined
      ? undefined
      : ['by', `section ${record.outbound}, ${settings?.resolution ?? ''}`],
    ['taken', `${timeInWords(openedAt)}, by ${way} from ${sender}`],
    notBefore === undefined ? undefined : ['not before', timeInWords(notBefore)],
    closedAt === undefined ? undefined : ['ended', timeInWords(closedAt)],
    ['document', documentKey],
    rasterised && [
      'pages',
      `${count(rasterised.pages, 'page')}, ${rasterised.tiffKey} (${sizeInWords(rasterised.tiffBytes)})`,
    ],
    notify.length === 0 ? undefined : ['mails to', notify.join(', ')],
    ...(rasterised?.warnings ?? []).map((warning): Fact => ['remark', warning]),
  ]
  return [['to', `${destination}, by site ${site}`], ...optional.filter((fact) => fact !== undefined)]
}

function timeInWords(instant: string): string {
  const date = new Date(instant)
  return `${dayOf(date)} ${timeOf(date)}`
}
