import { NOTICE_CAUSES } from '../deployed-table.ts'

/** XiVO's programs, whose paths stand in [general]. */
export const XIVO_TOOLS = ['tiff2pdf', 'mutt', 'lp'] as const

export const GENERAL_OPTIONS = [...XIVO_TOOLS, 'time_zone', 'country', 'keep_faxes', 'keep_ledger'] as const
/** Of a site's PBX. */
export const SITE_PBX_OPTIONS = [
  'country',
  'pbx',
  'spool',
  'station_id',
  'header',
  'ecm',
  'max_rate',
] as const
export const SITE_OPTIONS = ['description', 'agents', 'ca_certificate', ...SITE_PBX_OPTIONS] as const
/** What every backend takes whose deliveries are tried again by a function. */
export const RETRY_OPTIONS = ['retry_for', 'retry_first', 'retry_longest'] as const
export const MAIL_OPTIONS = [
  'subject',
  'content_file',
  'email_from',
  'email_realname',
  'format',
  'fallback',
  ...RETRY_OPTIONS,
] as const
export const FTP_OPTIONS = [
  'host',
  'username',
  'password',
  'password_secret',
  'directory',
  'port',
  'tls',
  'tls_ca',
  'format',
  'convert_to_pdf',
  'fallback',
  ...RETRY_OPTIONS,
] as const
export const PRINTER_OPTIONS = [
  'name',
  'format',
  'convert_to_pdf',
  'site',
  'options',
  'expires_after',
  'fallback',
] as const
export const LOG_OPTIONS = ['file', 'msg', 'fallback'] as const
export const NUMBER_OPTIONS = ['dest', 'email', 'site', 'detect'] as const
export const OUTBOUND_OPTIONS = [
  'site',
  'country',
  'caller_id',
  'station_id',
  'header',
  'header_by',
  'allow',
  'allow_international',
  'allow_premium',
  'principals',
  'senders',
  'mail_domain',
  'notices_from',
  'daily_limit',
  'retries',
  'retry_wait',
  'resolution',
  'width',
] as const
/** Of notices: who is told of everything, and for each cause who is told of it and in which words. */
export const NOTICE_OPTIONS = [
  'email_from',
  'email_realname',
  'language',
  'to',
  'alarms',
  ...NOTICE_CAUSES,
  ...NOTICE_CAUSES.map((cause) => `${cause}_subject` as const),
  ...NOTICE_CAUSES.map((cause) => `${cause}_content_file` as const),
] as const
export const DETECT_OPTIONS = ['numbers', 'seconds'] as const
export const TRUNK_OPTIONS = ['site', 'channel', 'endpoint', 't38'] as const
export const GATEWAY_OPTIONS = ['model', 'site', 'country'] as const
export const LINE_OPTIONS = ['name', 'number', 'did', 'gateway', 'port', 'site', 't38'] as const

/** What each kind of section takes, by how its header begins. */
export const SECTION_OPTIONS = {
  general: GENERAL_OPTIONS,
  notices: NOTICE_OPTIONS,
  site_: SITE_OPTIONS,
  mail: MAIL_OPTIONS,
  ftp: FTP_OPTIONS,
  printer: PRINTER_OPTIONS,
  log: LOG_OPTIONS,
  dstnum_: NUMBER_OPTIONS,
  outbound: OUTBOUND_OPTIONS,
  detect: DETECT_OPTIONS,
  trunk_: TRUNK_OPTIONS,
  gateway_: GATEWAY_OPTIONS,
  line_: LINE_OPTIONS,
} as const
export type SectionKind = keyof typeof SECTION_OPTIONS
export const SECTION_KINDS = Object.keys(SECTION_OPTIONS) as readonly SectionKind[]

/** Kinds of which there is one section. */
const STANDS_ALONE: ReadonlySet<SectionKind> = new Set(['general', 'notices', 'detect'])

/** XiVO tells the kinds apart by how a name begins, case and all: [mailing] is a mail backend. */
export function kindOfSection(name: string): SectionKind | undefined {
  return SECTION_KINDS.find((kind) => (STANDS_ALONE.has(kind) ? name === kind : name.startsWith(kind)))
}

/** The section that an option belongs to, as a header is written; undefined where no kind or several take it. */
export function ownerOf(option: string): string | undefined {
  const owners = SECTION_KINDS.filter((kind) => SECTION_OPTIONS[kind].some((name) => name === option))
  const [owner] = owners
  if (owner === undefined || owners.length > 1) return undefined
  if (STANDS_ALONE.has(owner)) return `[${owner}]`
  return owner.endsWith('_') ? `a [${owner}…] section` : `[${owner}] or [${owner}_…]`
}
