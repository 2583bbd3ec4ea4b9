import type { FaxEntry } from '../../shared/ledger/queries.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import { whatIsStuck } from '../../shared/ledger/stuck.ts'
import { visible } from '../../shared/visible.ts'
import { sizeInWords } from '../faxes/amounts.ts'
import { STATE_COLOURS, stateOf } from '../faxes/fax-state.ts'
import { dayOf, timeOf } from '../faxes/when.ts'
import { type Fact, factLines } from '../terminal/facts.ts'
import type { Colour, Screen } from '../terminal/screen.ts'
import { padToWidth, textWidth } from '../terminal/text-width.ts'
import { wrap } from '../terminal/wrap.ts'
import { type Mark, type Step, timeline } from './timeline.ts'

type Look = Pick<Screen, 'columns' | 'paint'>

/** The whole history of a fax, and what can be done about it. */
export function describe(screen: Look, entry: FaxEntry, now: Date): string {
  const { paint } = screen
  const state = stateOf(entry)
  const stuck = whatIsStuck(entry, now).map(
    ({ backend, why }) => `stuck: ${backend === undefined ? '' : `${backend}: `}${why}`,
  )
  return [
    `${paint('bold', entry.fax.id)}  ${paint(STATE_COLOURS[state], state)}`,
    ...factLines(screen, factsOf(entry.fax)),
    ...timelineLines(screen, timeline(entry)),
    ...(stuck.length === 0
      ? []
      : [
          '',
          ...stuck
            .flatMap((text) => wrap(visible(text), screen.columns))
            .map((line) => paint('yellow', line)),
        ]),
    ...hints(entry).flatMap((hint) => ['', ...wrap(hint, screen.columns)]),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function factsOf({ facts, site, tiffKey, tiffBytes, pdfKey, pdfBytes, warnings = [] }: FaxRecord): Fact[] {
  const { source = 'withheld', sourceName, destination = 'unknown', stationId, callId, sequence } = facts
  return [
    [
      'from',
      `${source}${sourceName === undefined ? '' : `, ${sourceName}`}${stationId === undefined ? '' : `, station ${stationId}`}`,
    ],
    ['to', `${destination}, at site ${site}`],
    ...(callId === undefined
      ? []
      : [['call', `${callId}${sequence === undefined ? '' : `, number ${sequence} of its site`}`] as const]),
    ['TIFF', `${tiffKey} (${sizeInWords(tiffBytes)})`],
    ...(pdfKey === undefined ? [] : [['PDF', `${pdfKey} (${sizeInWords(pdfBytes ?? 0)})`] as const]),
    ...warnings.map((warning): Fact => ['remark', warning]),
  ]
}

const MARK_COLOURS = { '✔': 'green', '✘': 'red', '…': 'yellow', ' ': 'dim' } as const satisfies Record<
  Mark,
  Colour
>

function timelineLines({ columns, paint }: Look, steps: readonly Step[]): string[] {
  const width = Math.max(...steps.map(({ who }) => textWidth(visible(who))))
  // Two blanks, HH:MM:SS, two blanks, the mark and a blank, who and two blanks.
  const indent = 2 + 8 + 2 + 2 + width + 2
  let day = ''
  return steps.flatMap(({ at, mark, who, text }) => {
    const instant = new Date(at)
    const heading = dayOf(instant) === day ? [] : ['', paint('bold', dayOf(instant))]
    day = dayOf(instant)
    const [first = '', ...rest] = wrap(visible(text), Math.max(columns - indent, 20))
    return [
      ...heading,
      `  ${paint('dim', timeOf(instant))}  ${paint(MARK_COLOURS[mark], mark)} ${padToWidth(visible(who), width)}  ${first}`,
      ...rest.map((line) => ' '.repeat(indent) + line),
    ]
  })
}

function hints(entry: FaxEntry): string[] {
  const { id, state, tiffBytes } = entry.fax
  if (state === 'unrouted') {
    return [`Add its number to the routing table, deploy, then deliver it: faxlane retry ${id}`]
  }
  if (state === 'refused' || state === 'missed')
    return tiffBytes === 0 ? [] : [`The file as it was received: faxlane get ${id} --tiff`]
  const current = stateOf(entry)
  return current === 'failed' || current === 'bounced'
    ? [`When the cause is mended: faxlane retry ${id}`]
    : []
}
