import type { Facts } from '../../shared/facts.ts'

/**
 * The names that the lines of a sidecar begin with. `received` is Asterisk's EPOCH, in seconds; the others are text as the
 * dialplan has it.
 */
const FACT_OF_NAME = {
  source: 'source',
  name: 'sourceName',
  destination: 'destination',
  station: 'stationId',
  status: 'status',
  error: 'error',
  pages: 'pages',
  rate: 'rate',
  resolution: 'resolution',
  mode: 'mode',
  call: 'callId',
  received: 'receivedAt',
} as const satisfies Record<string, keyof Facts>

const FACTS: ReadonlyMap<string, keyof Facts> = new Map(Object.entries(FACT_OF_NAME))
const LAST_LINE = 'end'

export interface Sidecar {
  facts: Partial<Facts>
  /** Its last line is `end`: the hangup handler wrote all that it had. */
  finished: boolean
  /** What could not be read, for the log. No value is part of it. */
  oddities: string[]
}

/**
 * The facts of a reception as the dialplan wrote them, a line each: `name=BASE64`. Base64 is what lets a station ID of any twenty
 * bytes through FILE() without ending a line or a quotation. A line that can't be read costs one fact and never the fax.
 */
export function parseSidecar(text: string): Sidecar {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  const rest = lines.pop()
  const finished = rest === LAST_LINE || (rest === '' && lines.at(-1) === LAST_LINE)
  // What has no line end yet was cut off in the middle, and half a number is another number.
  const facts: Partial<Facts> = {}
  const oddities: string[] = []
  for (const [index, line] of lines.entries()) {
    const oddity = line === LAST_LINE || line === '' ? undefined : readLine(line, facts)
    if (oddity !== undefined) oddities.push(`line ${index + 1}: ${oddity}`)
  }
  return { facts, finished, oddities }
}

/** The inverse of {@link parseSidecar}. A fact that is empty and one that is absent are the same. */
export function renderSidecar(facts: Facts): string {
  const lines = [...FACTS].flatMap(([name, fact]) => {
    const value = fact === 'receivedAt' ? String(Date.parse(facts.receivedAt) / 1000) : facts[fact]
    return value === undefined || value === '' ? [] : [`${name}=${Buffer.from(value).toString('base64')}`]
  })
  return [...lines, LAST_LINE, ''].join('\n')
}

/** Puts one line's fact among the facts, or says why it can't. */
function readLine(line: string, facts: Partial<Facts>): string | undefined {
  const [, name = '', encoded = ''] = /^([a-z]{1,20})=(.*)$/.exec(line) ?? []
  const fact = FACTS.get(name)
  if (fact === undefined) return name === '' ? 'no name=value' : `no fact is called ${name}`
  if (encoded === '') return undefined
  // Two calls into one file: the first one's facts belong to the first one's TIFF.
  if (facts[fact] !== undefined) return `${name} stands here twice`
  const value = decoded(encoded)
  if (value === undefined) return `${name} is no Base64`
  const read = fact === 'receivedAt' ? timeOfEpoch(value) : value
  if (read === undefined) return `${name} is no time in seconds`
  facts[fact] = read
  return undefined
}

function decoded(encoded: string): string | undefined {
  const bytes = Buffer.from(encoded, 'base64')
  // Buffer takes whatever comes; what does not come back the same was no Base64.
  if (bytes.toString('base64') !== encoded) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // T.30 has no character set: fax machines send Latin-1 as often as not.
    return bytes.toString('latin1')
  }
}

/** Asterisk's EPOCH as ISO 8601. Outside of these years it is no time of a fax. */
export function timeOfEpoch(seconds: string): string | undefined {
  if (!/^\d{9,10}(\.\d{1,3})?$/.test(seconds)) return undefined
  return new Date(Math.round(Number(seconds) * 1000)).toISOString()
}
