import { readFileSync } from 'node:fs'

/** A message of a recorded session. */
export interface RecordedMessage {
  /** Milliseconds since the day began. */
  at: number
  from: 'agent' | 'asterisk'
  lines: string[]
}

/** A call that was recorded, from its Originate to its end. */
export interface RecordedCall {
  name: string
  /** What the recorded channel was called. */
  uniqueId: string
  /** What Asterisk told of its own accord, with the time since Originate. */
  events: { afterMilliseconds: number; lines: string[] }[]
}

const FOLDER = new URL('../../../test/samples/ami/', import.meta.url)

/** Every outcome that was recorded, once, by its name. */
export function recordedCalls(): Map<string, RecordedCall> {
  const calls = ['ami.txt', 'ami2.txt'].flatMap((file) => callsOf(recording(file)))
  return new Map(calls.map((call) => [call.name, call]))
}

export function recording(file: string): RecordedMessage[] {
  const messages: RecordedMessage[] = []
  let current: RecordedMessage | undefined
  for (const line of readFileSync(new URL(file, FOLDER), 'utf8').split('\n')) {
    const [, time, direction, text] = /^(\d\d:\d\d:\d\d\.\d{3}) ([<>]) (.*)$/.exec(line) ?? []
    if (time === undefined || text === undefined) {
      current = undefined
      continue
    }
    const from = direction === '>' ? 'agent' : 'asterisk'
    if (current?.from !== from) {
      current = { at: milliseconds(time), from, lines: [] }
      messages.push(current)
    }
    current.lines.push(text)
  }
  return messages
}

function callsOf(messages: readonly RecordedMessage[]): RecordedCall[] {
  const calls: RecordedCall[] = []
  let originatedAt = 0
  for (const { at, from, lines } of messages) {
    const uniqueId = header(lines, 'ChannelId')
    if (from === 'agent' && uniqueId !== undefined) {
      calls.push({ name: uniqueId.replace(/^fax-/, ''), uniqueId, events: [] })
      originatedAt = at
    }
    const call = calls.at(-1)
    const isAnswer = /^a\d+$/.test(header(lines, 'ActionID') ?? '')
    if (from === 'asterisk' && lines[0]?.startsWith('Event: ') && !isAnswer) {
      call?.events.push({ afterMilliseconds: at - originatedAt, lines })
    }
  }
  return calls
}

export function header(lines: readonly string[], name: string): string | undefined {
  return lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
}

function milliseconds(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000)
}
