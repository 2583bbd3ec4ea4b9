import { visible } from '../../shared/visible.ts'
import type { Show, ShownEvent } from './events.ts'

export interface Screen {
  write: (text: string) => void
  /** A terminal: colours, and a last line that changes in place while something takes long. */
  isTerminal: boolean
  now: () => Date
}

type EventOfFax = Extract<ShownEvent, { fax: string }>
type Mark = '✔' | '✘' | '…' | ' '

/** One step of one fax: what happened, what is to be known of it, and where to look. */
interface Step {
  mark: Mark
  name: string
  detail: string
  where?: string
}

const NAME_WIDTH = 18
/** Holds the details of a page in good order, so that the places below each other begin in one column. */
const DETAIL_WIDTH = 28
const CLEAR_LINE = '\r\u001b[2K'
const COLOURS = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const
const MARK_COLOURS = { '✔': 'green', '✘': 'red', '…': 'yellow', ' ': 'dim' } as const satisfies Record<
  Mark,
  string
>

/** Draws events for a reader: a block for each fax, a line for each step, and where to look. */
export function makePicture({ write, isTerminal, now }: Screen): Show {
  const uploads = new Map<string, { title: string; at: number }>()
  let lastFax: string | undefined
  const paint = (colour: keyof typeof COLOURS, text: string) =>
    isTerminal ? `\u001b[${COLOURS[colour][0]}m${text}\u001b[${COLOURS[colour][1]}m` : text
  const say = (line: string) => write(`${isTerminal ? CLEAR_LINE : ''}${line}\n`)

  function sayStep(event: EventOfFax): void {
    if (event.event === 'uploaded') uploads.set(event.fax, { title: titleOf(event), at: now().getTime() })
    const { title = '', at = now().getTime() } = uploads.get(event.fax) ?? {}
    if (lastFax !== event.fax) say(`\n${paint('bold', title)}  ${paint('dim', event.fax)}`)
    lastFax = event.fax
    const { mark, name, detail, where } = stepOf(event, now())
    const seconds = paint('dim', `${((now().getTime() - at) / 1000).toFixed(2)} s`.padStart(9))
    const place = where === undefined ? '' : `  ${paint('cyan', visible(where))}`
    say(
      `${seconds}  ${paint(MARK_COLOURS[mark], mark)} ${name.padEnd(NAME_WIDTH)} ${visible(detail).padEnd(DETAIL_WIDTH)}${place}`.trimEnd(),
    )
  }

  return (event) => {
    if ('fax' in event) return sayStep(event)
    switch (event.event) {
      case 'synthesizing': {
        const line = `  ${event.step} … ${event.seconds.toFixed(0)} s`
        // In a pipe a line for each step; on a terminal one line that changes.
        return isTerminal ? write(`${CLEAR_LINE}${line}`) : say(line)
      }
      case 'ready':
        return say(readyText(event))
      case 'not uploaded':
        say(`\n${paint('bold', visible(event.file))}`)
        return say(paint('red', `  ✘ not uploaded: ${visible(event.text)}`))
      case 'note':
        return say(paint('dim', `  ${visible(event.text)}`))
      case 'problem':
        return say(paint('yellow', `  ! ${visible(event.text)}`))
      case 'summary':
        return say(`\n${paint(event.failed === 0 ? 'green' : 'red', summaryText(event))}`)
    }
  }
}

function stepOf(event: EventOfFax, now: Date): Step {
  switch (event.event) {
    case 'uploaded':
      return { mark: ' ', name: 'uploaded', detail: size(event.bytes), where: event.where }
    case 'converted':
      return { mark: ' ', name: 'converted', detail: convertedText(event), where: event.where }
    case 'routed':
      return { mark: ' ', name: 'routed', detail: `to ${event.backends.join(', ')}` }
    case 'unrouted':
    case 'refused':
    case 'missed':
      return { mark: '✘', name: event.event, detail: event.text }
    case 'retry':
      return { mark: '…', name: event.backend, detail: retryText(event, now) }
    case 'delivered':
      return { mark: '✔', name: event.backend, detail: deliveredText(event), where: event.where }
    case 'failed':
      return { mark: '✘', name: event.backend, detail: `failed: ${event.text}` }
  }
}

function titleOf({ file, from, to }: Extract<ShownEvent, { event: 'uploaded' }>): string {
  return `${visible(file)}  ${visible(from)} → ${visible(to)}`
}

function readyText({ attached, endpoint, seconds, home }: Extract<ShownEvent, { event: 'ready' }>): string {
  return attached
    ? `  Using the gateway that runs at ${endpoint}, state in ${home}`
    : `  Gateway up at ${endpoint} after ${seconds.toFixed(1)} s, state in ${home}`
}

function convertedText(event: Extract<ShownEvent, { event: 'converted' }>): string {
  const damage = event.damagedRows === 0 ? '' : `, ${count(event.damagedRows, 'damaged row')}`
  return `${count(event.pages, 'page')}, ${size(event.bytes)}, in ${event.milliseconds} ms${damage}`
}

function deliveredText({ attempt }: Extract<ShownEvent, { event: 'delivered' }>): string {
  return attempt === 1 ? 'delivered' : `delivered by attempt ${attempt}`
}

function retryText(
  { attempt, text, nextAttemptAt }: Extract<ShownEvent, { event: 'retry' }>,
  now: Date,
): string {
  const waitSeconds = Math.max(0, Math.round((Date.parse(nextAttemptAt) - now.getTime()) / 1000))
  return `attempt ${attempt}: ${text}; the next is due in ${waitSeconds} s`
}

function summaryText({ faxes, delivered, failed }: Extract<ShownEvent, { event: 'summary' }>): string {
  return `${count(faxes, 'fax', 'faxes')}: ${count(delivered, 'delivery', 'deliveries')} made, ${failed} failed`
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
