import { COUNTRIES } from '../../transmission/numbering-plans.ts'
import {
  DEFAULT_PROFILE,
  type OutboundProfile,
  profileNameSchema,
  WIDTHS_PIXELS,
} from '../../transmission/outbound-profile.ts'
import { RESOLUTIONS } from '../../transmission/transmit-job.ts'
import { type Check, oneOf, type Reading } from '../checks.ts'
import type { Section } from '../ini.ts'
import { mailAddress } from '../network-names.ts'
import { openSection, reportMissing, type SectionReader } from '../section-reader.ts'
import { OUTBOUND_OPTIONS, ownerOf } from './option-names.ts'
import {
  dialledNumber,
  headerText,
  internationalPattern,
  mailDomainName,
  numberPattern,
  principal,
  retryWait,
  senderAddress,
  stationIdText,
  wholeNumber,
} from './outbound-checks.ts'
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
