import { AmiMessage } from './ami-message.ts'

const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a

/** Longer lines are cut, and further headers of a message left out: what is sent to us may not fill our memory. */
export const LONGEST_LINE_BYTES = 65_536
export const MOST_HEADERS = 2000
export const LONGEST_MESSAGE_BYTES = 262_144

/**
 * Bytes of a connection to messages, however they are cut into chunks. A line ends with CR and LF and with nothing less, so a lone one of
 * the two in a value stays text. The first line of all is Asterisk's greeting.
 */
export class AmiParser {
  /** Undefined until it has come. */
  greeting: string | undefined
  #line: number[] = []
  #lineBytes = 0
  #last = 0
  #headers: (readonly [string, string])[] = []
  /** Of the lines of this message that were kept. */
  #messageBytes = 0

  push(bytes: Uint8Array): AmiMessage[] {
    const messages: AmiMessage[] = []
    for (const byte of bytes) {
      const isEnd = byte === LINE_FEED && this.#last === CARRIAGE_RETURN
      this.#last = byte
      if (!isEnd) {
        this.#lineBytes += 1
        if (this.#line.length < LONGEST_LINE_BYTES) this.#line.push(byte)
        continue
      }
      const message = this.#endLine()
      if (message !== undefined) messages.push(message)
    }
    return messages
  }

  #endLine(): AmiMessage | undefined {
    // The CR is the last byte, unless the line was cut before it.
    const kept = this.#lineBytes > LONGEST_LINE_BYTES ? this.#line : this.#line.slice(0, -1)
    this.#line = []
    this.#lineBytes = 0
    const line = Buffer.from(kept).toString('utf8')
    if (this.greeting === undefined) {
      this.greeting = line
      return undefined
    }
    if (line !== '') {
      this.#messageBytes += kept.length
      if (this.#headers.length < MOST_HEADERS && this.#messageBytes <= LONGEST_MESSAGE_BYTES)
        this.#headers.push(headerOf(line))
      return undefined
    }
    const headers = this.#headers
    this.#headers = []
    this.#messageBytes = 0
    return headers.length === 0 ? undefined : new AmiMessage(headers)
  }
}

/** A line without a colon is a header without a value. */
function headerOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  if (colon === -1) return [line, '']
  const value = line.slice(colon + 1)
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value]
}
