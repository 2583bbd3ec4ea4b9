/** One message of Asterisk's manager interface: a response or an event. */
export class AmiMessage {
  readonly headers: readonly (readonly [name: string, value: string])[]

  constructor(headers: readonly (readonly [name: string, value: string])[]) {
    this.headers = headers
  }

  /**
   * The first header of a name, whatever its case. The first, since what Asterisk says itself stands before what a dialplan adds, and
   * with it perhaps a stranger's words.
   */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase()
    return this.headers.find(([found]) => found.toLowerCase() === wanted)?.[1]
  }

  /** As {@link get}, where it is a whole number that is not negative. */
  count(name: string): number | undefined {
    const text = this.get(name)
    return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
  }

  /** The event's name; undefined for what is none. Asterisk begins with what a message is, so its first header tells. */
  get event(): string | undefined {
    return this.headers[0]?.[0] === 'Event' ? this.headers[0][1] : undefined
  }

  /** Success or Error for one; undefined for what is no response. */
  get response(): string | undefined {
    return this.headers[0]?.[0] === 'Response' ? this.headers[0][1] : undefined
  }
}

export type AmiField = readonly [name: string, value: string]

/**
 * An action as it goes over the line. A value with a line break would be headers and actions of somebody else's making; there is no way to
 * write one.
 * @throws RangeError for a control character in a name or a value
 */
export function encodeAction(action: string, fields: readonly AmiField[]): string {
  const lines = [['Action', action] as const, ...fields].map(([name, value]) => {
    if (!/^[A-Za-z]+$/.test(name)) throw new RangeError(`No header of AMI is called ${JSON.stringify(name)}.`)
    if (/\p{Cc}/u.test(value)) {
      throw new RangeError(`${name} can't hold a control character: ${JSON.stringify(value)}`)
    }
    return `${name}: ${value}\r\n`
  })
  return `${lines.join('')}\r\n`
}

/**
 * A value for a `Variable` header, which Asterisk splits at commas into several assignments unless they are escaped; quotes, brackets and
 * backslashes take part in that (app.c, __ast_app_separate_args). Control characters become blanks.
 */
export function variable(name: string, value: string): AmiField {
  const escaped = value.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/[\\",()[\]]/g, '\\$&')
  return ['Variable', `${name}=${escaped}`]
}
