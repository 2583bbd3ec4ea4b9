import type { TransmissionRecord, TransmissionSettings } from '../../shared/ledger/transmission-record.ts'
import { bareNumber, judgeNumber } from '../../shared/transmission/judge-number.ts'
import { transmissionIdOf } from '../../shared/transmission/keys.ts'
import { DEFAULT_PROFILE, type OutboundProfile } from '../../shared/transmission/outbound-profile.ts'
import { FARTHEST_DAYS, requestToMetadata, type SendRequest } from '../../shared/transmission/send-request.ts'
import { openTransmission, refuseTransmission } from '../ledger/transmission-transitions.ts'

export interface Rules {
  profiles: readonly OutboundProfile[]
  timeZone: string
}

/** A principal of IAM: all that it is called, ARNs and unique ids. */
export interface PrincipalSender {
  way: 'bucket' | 'http'
  name: string
  principals: readonly string[]
}

/** An address that SES has found to be the sender's. */
export interface MailSender {
  way: 'mail'
  name: string
  recipientDomain: string
}

export type Sender = PrincipalSender | MailSender

export interface Submission {
  key: string
  site: string
  putAt: Date
  request: SendRequest
  sender: Sender
}

/** A section that the sender may send by; or why there is none, in one sentence for the sender. */
export function findProfile(
  { profiles }: Rules,
  { outbound, site }: { outbound?: string | undefined; site?: string | undefined },
  sender: Sender,
): OutboundProfile | { refusal: string } {
  if (profiles.length === 0) {
    return { refusal: 'The routing table has no section [outbound], so nobody can send.' }
  }
  const atSite = profiles.filter((profile) => site === undefined || profile.site === site)
  const open = atSite.filter((profile) => maySend(profile, sender))
  if (outbound !== undefined) {
    const named = open.find(({ name }) => name === outbound)
    return named ?? { refusal: whyNotNamed(outbound, { atSite, all: profiles }, sender) }
  }
  const [only, ...others] = open
  const byDefault =
    open.find(({ name }) => name === DEFAULT_PROFILE) ?? (others.length === 0 ? only : undefined)
  if (byDefault !== undefined) return byDefault
  if (open.length === 0) {
    const where = atSite.length === 0 ? `Site ${site} has no section [outbound] in the routing table.` : ''
    return {
      refusal:
        where || `${sender.name} may not send: no section [outbound] of the routing table names this sender.`,
    }
  }
  return { refusal: `Several sections fit; name one of them: ${open.map(({ name }) => name).join(', ')}.` }
}

function whyNotNamed(
  outbound: string,
  { atSite, all }: { atSite: readonly OutboundProfile[]; all: readonly OutboundProfile[] },
  sender: Sender,
): string {
  const named = all.find(({ name }) => name === outbound)
  if (named === undefined) {
    return `The routing table has no section [outbound_${outbound}]; there is ${all.map(({ name }) => name).join(', ')}.`
  }
  if (!atSite.includes(named)) return `The section [outbound_${outbound}] is at site ${named.site}.`
  return `${sender.name} may not send by the section [outbound_${outbound}] of the routing table.`
}

export function maySend(profile: OutboundProfile, sender: Sender): boolean {
  if (sender.way === 'mail') {
    const address = sender.name.toLowerCase()
    const domain = address.slice(address.lastIndexOf('@'))
    return (
      profile.mailDomain === sender.recipientDomain.toLowerCase() &&
      profile.senders.some((allowed) => allowed === address || allowed === domain)
    )
  }
  const { principals } = profile
  return (
    principals === undefined ||
    sender.principals.some((one) => principals.some((pattern) => covers(pattern, one)))
  )
}

function covers(pattern: string, principal: string): boolean {
  return pattern.endsWith('*') ? principal.startsWith(pattern.slice(0, -1)) : principal === pattern
}

/** One record for each number, each once: accepted, or refused with the reason. */
export function planTransmissions(rules: Rules, submission: Submission, now: Date): TransmissionRecord[] {
  const { request, site, sender } = submission
  const profile = findProfile(rules, { outbound: request.outbound, site }, sender)
  return eachNumberOnce(
    request.to.map((written) => planOne({ submission, profile, written, timeZone: rules.timeZone }, now)),
  )
}

/** As the ways in by HTTP and by the command take it. */
const LONGEST_WRITTEN_CHARACTERS = 60

interface PlannedNumber {
  submission: Submission
  profile: OutboundProfile | { refusal: string }
  written: string
  timeZone: string
}

function planOne({ submission, profile, written, timeZone }: PlannedNumber, now: Date): TransmissionRecord {
  const { key, site, putAt, request, sender } = submission
  const judged = 'refusal' in profile ? profile : judgeNumber(profile, written)
  const opened = openTransmission(
    {
      id: transmissionIdOf({ key, destination: bareNumber(written) ?? written, putAt }),
      site,
      destination: 'dial' in judged ? judged.dial : shownNumber(written),
      way: sender.way,
      sender: sender.name,
      notify: request.notify ?? [],
      documentKey: key,
      ...('refusal' in profile
        ? {}
        : { outbound: profile.name, settings: settingsFor(profile, request, timeZone) }),
      ...(request.at === undefined ? {} : { notBefore: new Date(request.at).toISOString() }),
    },
    now,
  )
  const reason = 'refusal' in judged ? judged.refusal : wishRefusal(profile, request, now)
  return reason === undefined ? opened : (refuseTransmission(opened, reason, now) ?? opened)
}

/** What is no number may be anything: an index of the ledger holds no key of more than 2048 bytes. */
export function shownNumber(written: string): string {
  return written.slice(0, LONGEST_WRITTEN_CHARACTERS)
}

/** Of what is wished for all numbers. */
function wishRefusal(profile: PlannedNumber['profile'], request: SendRequest, now: Date): string | undefined {
  if ('refusal' in profile) return profile.refusal
  const waitMilliseconds = request.at === undefined ? 0 : Date.parse(request.at) - now.getTime()
  return (
    callerRefusal(profile, request) ?? (waitMilliseconds > FARTHEST_DAYS * 86_400_000 ? TOO_FAR : undefined)
  )
}

const TOO_FAR = `A fax waits for ${FARTHEST_DAYS} days at most.`

/**
 * What is put with a document, as `submit` reads it: the numbers as they were written for those that are accepted, by which it finds the same ids. A sentence
 * where it is more than S3 keeps.
 */
export function metadataOf(
  { key, putAt, request }: Submission,
  records: readonly TransmissionRecord[],
): Record<string, string> | string {
  const ids = new Set(records.filter(({ state }) => state === 'accepted').map(({ id }) => id))
  const idOf = (written: string) =>
    transmissionIdOf({ key, destination: bareNumber(written) ?? written, putAt })
  try {
    return requestToMetadata({ ...request, to: request.to.filter((written) => ids.has(idOf(written))) })
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

/** The same number may stand there twice, written differently; the first stands. */
function eachNumberOnce(records: readonly TransmissionRecord[]): TransmissionRecord[] {
  return records.filter(
    ({ destination }, index) => records.findIndex((other) => other.destination === destination) === index,
  )
}

/** Whoever may choose any caller's number can be anybody to the other side. */
function callerRefusal({ callerNumbers }: OutboundProfile, { from }: SendRequest): string | undefined {
  const number = from === undefined ? undefined : bareNumber(from)
  if (from === undefined || (number !== undefined && callerNumbers.includes(number))) return undefined
  const known = callerNumbers.length === 0 ? 'none' : callerNumbers.join(', ')
  return `${from} may not be shown as the caller's number; caller_id of the routing table has ${known}.`
}

const STATION_ID_CHARACTERS = 20

export function settingsFor(
  profile: OutboundProfile,
  request: SendRequest,
  timeZone: string,
): TransmissionSettings {
  const asked = request.from === undefined ? undefined : bareNumber(request.from)
  const callerNumber = profile.callerNumbers.find((number) => number === asked) ?? profile.callerNumbers[0]
  const stationId = profile.stationId ?? callerNumber?.slice(0, STATION_ID_CHARACTERS)
  const header = request.header ?? profile.header ?? stationId
  return {
    ...(callerNumber === undefined ? {} : { callerNumber }),
    ...(stationId === undefined ? {} : { stationId }),
    ...(header === undefined ? {} : { header }),
    headerBy: profile.headerBy,
    resolution: request.resolution ?? profile.resolution,
    widthPixels: profile.widthPixels,
    retries: profile.retries,
    retryWaitSeconds: profile.retryWaitSeconds,
    noticesFrom: profile.noticesFrom,
    timeZone,
  }
}
