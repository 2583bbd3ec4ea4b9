import { LARGEST_TIFF_BYTES } from '../../shared/largest-tiff.ts'
import { TRANSMIT_CONTEXT } from '../../shared/transmission/pbx-words.ts'
import { commonOptions } from '../daemon/common-options.ts'
import { amiWord, contextName, folderPath, hostName, wholeNumber } from '../daemon/option-checks.ts'
import { type ConfigOf, optional, withDefault } from '../daemon/read-config.ts'

export const CONFIG_FILE = '/etc/faxlane/edge.conf'
export const SECTION = 'edge'

const LARGEST_MEGABYTES = LARGEST_TIFF_BYTES / 1e6

/** The options of [edge]. */
export const EDGE_OPTIONS = {
  ...commonOptions('/var/lib/faxlane-edge'),
  /** Where the PBX puts received faxes. */
  spool: withDefault(folderPath, '/var/spool/faxlane'),
  parallel_uploads: withDefault(
    wholeNumber(1, 16, 'Write 4, or 1 on a line that is slow enough for one fax.'),
    4,
  ),
  /** 0: an uploaded fax is deleted at once. */
  keep_sent_days: withDefault(wholeNumber(0, 3650, 'Write 0 to keep none.'), 0),
  /** Longer than any call may last: between two slow pages nobody writes for minutes, and what goes up then would be removed under Asterisk's hands. */
  orphan_minutes: withDefault(wholeNumber(10, 1440, 'Write 60.'), 60),
  largest_megabytes: withDefault(
    wholeNumber(1, LARGEST_MEGABYTES, `The gateway converts ${LARGEST_MEGABYTES} at most.`),
    LARGEST_MEGABYTES,
  ),
  /** How often the whole spool is read, beside what the kernel tells at once. The watchdog wants a sign of life every minute. */
  scan_seconds: withDefault(wholeNumber(1, 60, 'Write 10.'), 10),
  /** Asterisk's manager interface. Without a user, this site sends nothing. */
  ami_user: optional(amiWord),
  /** A file with the user's secret, which not everybody may read. */
  ami_secret_file: withDefault(folderPath, '/etc/faxlane/ami-secret'),
  ami_host: withDefault(hostName, '127.0.0.1'),
  ami_port: withDefault(wholeNumber(1, 65_535, 'Write 5038.'), 5038),
  /** The context through which the PBX dials out. */
  dial_context: withDefault(contextName, 'default'),
  /** The context that sends. */
  transmit_context: withDefault(contextName, TRANSMIT_CONTEXT),
  /** Calls at a time. */
  channels: withDefault(wholeNumber(1, 30, 'Write 1, or the number of lines that faxes may take.'), 1),
  /** Where Asterisk reads the documents from. */
  outgoing_folder: withDefault(folderPath, '/var/spool/faxlane-outgoing'),
  /** How long a fax waits for a PBX that can't be reached, before it has failed. */
  pbx_patience_minutes: withDefault(wholeNumber(1, 360, 'Write 60.'), 60),
} as const

export type EdgeConfig = ConfigOf<typeof EDGE_OPTIONS>
