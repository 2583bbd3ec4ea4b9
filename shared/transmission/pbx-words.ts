/**
 * What the edge agent and the generated dialplan say to each other: the agent originates with these channel variables, and the context
 * that sends reads them.
 */
export const DIAL_VARIABLES = {
  /** Path of the TIFF; the name is XiVO's. */
  file: 'XIVO_FAX_PATH',
  /** The attempt, which is the channel's unique id as well. */
  job: 'FAX_JOB',
  /** For FAXOPT(localstationid). Absent or empty: none. */
  stationId: 'FAX_LOCALID',
  /** For FAXOPT(headerinfo). Absent or empty: no header line, since the document has its own. */
  header: 'FAX_HEADER',
  /** For FAXOPT(ecm): yes or no. */
  ecm: 'FAX_ECM',
  /** For FAXOPT(maxrate), in bits per second. */
  maxRate: 'FAX_MAXRATE',
  /** For TIMEOUT(absolute). */
  callSeconds: 'FAX_SECONDS',
} as const

/** The context that sends, as XiVO called it; it begins at extension s. */
export const TRANSMIT_CONTEXT = 'txfax'

/**
 * The UserEvent by which extension h of that context says how the fax ended, and its fields. What the far end chose (its station ID) comes
 * last and filtered, so that a comma in it can't put a field of its own before ours: of two with one name the first counts.
 */
export const FAX_PROGRESS = {
  event: 'FaxProgress',
  job: 'JOB',
  /** FAXOPT(status): SUCCESS or FAILED; empty where SendFAX never ran. */
  status: 'STATUS',
  error: 'ERROR',
  statusText: 'STATUSSTR',
  pages: 'PAGES',
  rate: 'RATE',
  remoteStationId: 'REMOTE',
} as const
