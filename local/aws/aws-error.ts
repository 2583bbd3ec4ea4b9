/** An error that a caller gets as AWS would send it, in the shape of the protocol that it spoke. */
export class AwsError extends Error {
  readonly status: number
  /** AWS's name of it, as `NoSuchKey`. */
  readonly code: string
  /** Further elements of an XML error, as `Key`. */
  readonly details: Record<string, string>

  constructor(status: number, code: string, message: string, details: Record<string, string> = {}) {
    super(message)
    this.name = code
    this.status = status
    this.code = code
    this.details = details
  }
}

/** A request that AWS may well know and the stand-in does not: its caller is to read so, and so is the person. */
export class UnknownRequest extends AwsError {
  constructor(status: number, code: string, what: string) {
    super(
      status,
      code,
      `The local stand-in does not know ${what}. It holds the calls that faxlane makes, no more: see local/aws/.`,
    )
  }
}
