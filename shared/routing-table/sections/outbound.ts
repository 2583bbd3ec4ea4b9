import { isNumberPattern } from '../../transmission/number-pattern.ts'
import { COUNTRIES } from '../../transmission/numbering-plans.ts'
import {
  DEFAULT_PROFILE,
  type OutboundProfile,
  profileNameSchema,
  WIDTHS_PIXELS,
} from '../../transmission/outbound-profile.ts'
import { dialledNumberSchema, RESOLUTIONS, stationIdSchema } from '../../transmission/transmit-job.ts'
import { type Check, oneOf, type Reading, wrong } from '../checks.ts'
import type { Section } from '../ini.ts'
import { mailAddress } from '../network-names.ts'
import { openSection, reportMissing, type SectionReader } from '../section-reader.ts'
import { secondsOf } from './duration.ts'
import { OUTBOUND_OPTIONS, ownerOf } from './option-names.ts'
import { readOwnSite } from './site-of-section.ts'

type OutboundOptions = SectionReader<(typeof OUTBOUND_OPTIONS)[number]>

const DEFAULTS = { dailyLimit: 500, retries: 3, retryWaitSeconds: 300, resolution: 'fine' } as const

/** Who may send where, and as whom. */
export function readOutbound(
  section: Section,
  reading: Reading,
  sites: readonly string[],
): OutboundProfile | undefined {
  const options = openSection({ section, names: OUTBOUND_OPTIONS, elsewhere: ownerOf }, reading)
  const name = readName(section, reading)
  const site = readOwnSite(options, reading, sites)
  const country = options.mandatory(
    'country',
    oneOf<OutboundProfile['country']>([...COUNTRIES, 'other']),
    'country = FR, or where the site is.',
  )
  const noticesFrom = options.mandatory('notices_from', mailAddress, 'notices_from = fax@example.org')
  const appearance = readAppearance(options)
  const numbers = readNumbers(options, country, reading)
  const people = readSenders(options, reading)
  const dailyLimit = options.value('daily_limit', wholeNumber(1, 100_000)) ?? DEFAULTS.dailyLimit
  const retries = options.value('retries', wholeNumber(0, 20)) ?? DEFAULTS.retries
  const retryWaitSeconds = options.value('retry_wait', retryWait) ?? DEFAULTS.retryWaitSeconds
  if (name === undefined || site === undefined || country === undefined || noticesFrom === undefined) {
    return undefined
  }
  const limits = { dailyLimit, retries, retryWaitSeconds }
  return { name, site, country, noticesFrom, ...appearance, ...numbers, ...people, ...limits }
}

function readName(section: Section, reading: Reading): string | undefined {
  if (section.name === 'outbound') return DEFAULT_PROFILE
  const name = profileNameSchema.safeParse(section.name.replace(/^outbound_/, ''))
  if (name.success && section.name.startsWith('outbound_') && name.data !== DEFAULT_PROFILE) return name.data
  reading.finding({
    line: section.line,
    found: `[${section.name}]`,
    problem:
      'A section of those who send is [outbound], or [outbound_NAME] with letters, digits, dots, hyphens and underscores.',
    fix: 'Write [outbound] for what is used when a sender names none, or one such as [outbound_sales].',
  })
  return undefined
}

/** As what a fax shows itself to the other side. */
function readAppearance(options: OutboundOptions) {
  const stationId = options.value('station_id', stationIdText)
  const header = options.value('header', headerText)
  const width = options.value('width', oneOf(WIDTHS_PIXELS.map(String)))
  return {
    callerNumbers: options.list('caller_id', dialledNumber).map(({ value }) => value),
    ...(stationId === undefined ? {} : { stationId }),
    ...(header === undefined ? {} : { header }),
    headerBy: options.value('header_by', oneOf<OutboundProfile['headerBy']>(['gateway', 'pbx'])) ?? 'gateway',
    resolution: options.value('resolution', oneOf(RESOLUTIONS)) ?? DEFAULTS.resolution,
    widthPixels: WIDTHS_PIXELS.find((pixels) => String(pixels) === width) ?? WIDTHS_PIXELS[0],
  }
}

function readNumbers(
  options: OutboundOptions,
  country: OutboundProfile['country'] | undefined,
  reading: Reading,
) {
  const patternsOf = (name: 'allow' | 'allow_international' | 'allow_premium', check: Check<string>) =>
    options.list(name, check).map(({ value }) => value)
  const allow = patternsOf('allow', numberPattern)
  if (country === 'other' && options.all('allow').length === 0) {
    reportMissing(
      options.section,
      'allow',
      'allow = 0[1-9]XXXXXXXX, or whatever may be dialled: without a country nothing else says so.',
      reading,
    )
  }
  return {
    ...(options.all('allow').length === 0 ? {} : { allow }),
    allowInternational: patternsOf('allow_international', internationalPattern),
    allowPremium: patternsOf('allow_premium', numberPattern),
  }
}

function readSenders(options: OutboundOptions, reading: Reading) {
  const principals = options.list('principals', principal).map(({ value }) => value)
  const senders = options
    .list('senders', senderAddress, (address) => address.toLowerCase())
    .map(({ value }) => value.toLowerCase())
  const mailDomain = options.value('mail_domain', mailDomainName)
  if (options.all('mail_domain').length > 0 && options.all('senders').length === 0) {
    reportMissing(
      options.section,
      'senders',
      'senders = name@example.org, @example.org: who may send by mail.',
      reading,
    )
  }
  const [unused] = options.all('senders')
  if (unused !== undefined && options.all('mail_domain').length === 0) {
    const problem = 'senders says who may send by mail, and without mail_domain nobody can.'
    reading.note({
      line: unused.line,
      found: 'senders',
      problem,
      fix: 'Add mail_domain = fax.example.org, or remove senders.',
    })
  }
  return {
    ...(options.all('principals').length === 0 ? {} : { principals }),
    senders,
    ...(mailDomain === undefined ? {} : { mailDomain: mailDomain.toLowerCase() }),
  }
}

/** A sender of two sections of one domain would send by whichever stands first. */
export function reportSharedDomains(
  sections: readonly Section[],
  profiles: readonly OutboundProfile[],
  reading: Reading,
): void {
  for (const [index, { name, mailDomain, senders }] of profiles.entries()) {
    const earlier = profiles
      .slice(0, index)
      .find(
        (other) =>
          other.mailDomain === mailDomain && other.senders.some((sender) => senders.includes(sender)),
      )
    if (mailDomain === undefined || earlier === undefined) continue
    const section = sections.find((one) => one.name === name || one.name === `outbound_${name}`)
    const both = senders.find((sender) => earlier.senders.includes(sender))
    const problem = `senders: ${both} may send to ${mailDomain} by another section as well, and nothing tells which.`
    const line = section?.options.find((option) => option.name === 'senders')?.line ?? 1
    reading.finding({
      line,
      found: `senders = … ${both} …`,
      problem,
      fix: 'Keep it in one of the two, or give each its own mail_domain.',
    })
  }
}

const dialledNumber: Check<string> = (text) => {
  const parsed = dialledNumberSchema.safeParse(text)
  if (parsed.success) return { value: parsed.data }
  return wrong(
    'A number is digits, * and #, with or without a + in front.',
    'Write it without blanks: 0112345678.',
  )
}

const numberPattern: Check<string> = (text) =>
  isNumberPattern(text)
    ? { value: text }
    : wrong(
        'This is no pattern of numbers.',
        'Write digits, X for any digit, Z for one from 1, N for one from 2, [3-5], and a dot at the end for the rest: 01XXXXXXXX, 08.',
      )

const internationalPattern: Check<string> = (text) =>
  text.startsWith('+')
    ? numberPattern(text)
    : wrong('An international pattern begins with +.', 'Write +49. for Germany, +. for every country.')

const stationIdText: Check<string> = (text) =>
  stationIdSchema.safeParse(text).success
    ? { value: text }
    : wrong('A station ID is at most 20 characters of ASCII (T.30).', 'Write the number: +33 1 12 34 56 78')

/** What is left of the line beside the date, the number and the page. */
const LONGEST_HEADER = 50

const headerText: Check<string> = (text) =>
  Array.from(text).length <= LONGEST_HEADER
    ? { value: text }
    : wrong(
        `A header is at most ${LONGEST_HEADER} characters: date and page have to stand beside it.`,
        'Write a shorter name.',
      )

const senderAddress: Check<string> = (text) => {
  const address = mailAddress(text.startsWith('@') ? `any${text}` : text)
  return 'value' in address ? { value: text } : address
}

const mailDomainName: Check<string> = (text) =>
  'value' in mailAddress(`any@${text}`)
    ? { value: text }
    : wrong('This is no domain that mail goes to.', 'Write one such as fax.example.org.')

/** ARNs of users, roles and their sessions, or the unique ids that IAM gives them. */
const PRINCIPAL =
  /^(arn:aws[a-z-]*:(iam|sts)::\d{12}:[A-Za-z0-9/_+=,.@-]+\*?|A[A-Z0-9]{15,127}(:[A-Za-z0-9_+=,.@-]*)?\*?)$/

const principal: Check<string> = (text) =>
  PRINCIPAL.test(text)
    ? { value: text }
    : wrong(
        'This is no principal of IAM.',
        'Write arn:aws:iam::123456789012:role/NAME, or a unique id such as AROAEXAMPLEEXAMPLE00:*',
      )

function wholeNumber(least: number, most: number): Check<number> {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : -1
    return value >= least && value <= most
      ? { value }
      : wrong(`This is a whole number from ${least} to ${most}.`, `Write ${least} or more.`)
  }
}

const LONGEST_RETRY_WAIT_HOURS = 12

const retryWait: Check<number> = (text) => {
  const seconds = secondsOf(text, ['s', 'm', 'h'])
  return seconds !== undefined && seconds <= LONGEST_RETRY_WAIT_HOURS * 3600
    ? { value: seconds }
    : wrong(
        `This is a whole number with s, m or h behind it, at most ${LONGEST_RETRY_WAIT_HOURS}h.`,
        'Write 5m.',
      )
}
