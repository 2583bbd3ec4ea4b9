import { makeFaxId } from '../../shared/fax-id.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { outgoingKey } from '../../shared/transmission/keys.ts'
import type { OutboundProfile } from '../../shared/transmission/outbound-profile.ts'
import { MOST_RECIPIENTS } from '../../shared/transmission/send-request.ts'
import type { TransmissionLedger } from '../ledger/transmission-ledger.ts'
import { refuseTransmission } from '../ledger/transmission-transitions.ts'
import type { Count } from '../metrics.ts'
import {
  findProfile,
  type MailSender,
  metadataOf,
  planTransmissions,
  type Rules,
  settingsFor,
} from '../submit/plan-transmissions.ts'
import { MailRefused, makeDocument } from './make-document.ts'
import { distrust, type MailNotification } from './notification.ts'
import { MailUnreadable, type ReadMail, readMail } from './read-mail.ts'

export interface MailInDependencies {
  ledger: Pick<TransmissionLedger, 'addTransmission' | 'getTransmission'>
  rules: Rules
  /** Undefined when it is gone. */
  readMailObject: (key: string) => Promise<Uint8Array | undefined>
  /** Puts a document; one that is there already stays. */
  putDocument: (document: {
    key: string
    bytes: Uint8Array
    metadata: Record<string, string>
  }) => Promise<void>
  /** Has the sender told how it ended. */
  tellEnd: (record: TransmissionRecord) => Promise<void>
  count: Count
  now: () => Date
}

/** `ignored`: nothing is sent and nobody answered, since who wrote it is not known, or is a machine. */
export type MailEnd = { transmissions: TransmissionRecord[] } | { ignored: string }

/**
 * A mail to NUMBER@DOMAIN becomes transmissions, one for each number; whatever keeps it from being sent is answered to its sender, whom SES
 * has found to be the one that From says. Safe to repeat: the same mail gives the same ids. `lastReceive`: none of the times before came to an end,
 * so what it holds is not put together again.
 */
export async function mailIn(
  dependencies: MailInDependencies,
  notification: MailNotification,
  lastReceive: boolean,
): Promise<MailEnd> {
  const reason = distrust(notification)
  if (reason !== undefined) return ignore(dependencies, reason)
  const bytes = await dependencies.readMailObject(notification.receipt.action.objectKey)
  if (bytes === undefined) return ignore(dependencies, 'It is not in the bucket any more.')
  const mail = await readMail(bytes).catch(unreadable)
  if (typeof mail === 'string') return ignore(dependencies, mail)
  if (mail.from === undefined) return ignore(dependencies, 'It has no From, or several.')
  if (mail.isAutomatic || notification.mail.source === '') return ignore(dependencies, 'A machine wrote it.')
  const document = lastReceive && mail.pdfs.length > 1 ? TOO_MUCH : await documentOf(mail)
  const transmissions = []
  for (const [domain, numbers] of byDomain(notification.receipt.recipients)) {
    const place = placeOf(dependencies.rules, { from: mail.from, domain })
    if (place === undefined) continue
    for (let first = 0; first < numbers.length; first += MOST_RECIPIENTS) {
      const some = numbers.slice(first, first + MOST_RECIPIENTS)
      transmissions.push(
        ...(await take(dependencies, { notification, document, numbers: some, first, ...place })),
      )
    }
  }
  return { transmissions }
}

function unreadable(error: unknown): string {
  if (error instanceof MailUnreadable) return `It can not be read: ${error.message}.`
  throw error
}

function ignore({ count }: MailInDependencies, reason: string): MailEnd {
  count('MailsIgnored')
  return { ignored: reason }
}

/** A PDF can be made of more parts than any memory holds, and a sender who hears nothing waits for ever. */
const TOO_MUCH = {
  refusal:
    'The PDFs of the mail could not be put together in several tries: they are too much, or the gateway was hindered each time. ' +
    'Send each in a mail of its own.',
}

async function documentOf(mail: ReadMail): Promise<{ pdf: Uint8Array } | { refusal: string }> {
  try {
    return { pdf: await makeDocument(mail) }
  } catch (error) {
    if (error instanceof MailRefused) return { refusal: error.message }
    throw error
  }
}

function byDomain(recipients: readonly string[]): Map<string, string[]> {
  const domains = new Map<string, string[]>()
  for (const recipient of recipients) {
    const at = recipient.lastIndexOf('@')
    const domain = recipient.slice(at + 1).toLowerCase()
    domains.set(domain, [...(domains.get(domain) ?? []), recipient.slice(0, at)])
  }
  return domains
}

interface Place {
  sender: MailSender
  profile: OutboundProfile
  refusal: string | undefined
}

/** The section by which a mail goes; where its sender may use none, one of the domain's, to answer by. Undefined for a domain that is not ours. */
function placeOf(rules: Rules, { from, domain }: { from: string; domain: string }): Place | undefined {
  const sender: MailSender = { way: 'mail', name: from, recipientDomain: domain }
  const found = findProfile(rules, {}, sender)
  if (!('refusal' in found)) return { sender, profile: found, refusal: undefined }
  const profile = rules.profiles.find(({ mailDomain }) => mailDomain === domain)
  return profile && { sender, profile, refusal: found.refusal }
}

interface Taking extends Place {
  notification: MailNotification
  document: { pdf: Uint8Array } | { refusal: string }
  numbers: readonly string[]
  /** Where they begin among those of their domain: a document goes to some of many at a time. */
  first: number
}

async function take(
  dependencies: MailInDependencies,
  { notification, document, numbers, first, sender, profile, refusal }: Taking,
): Promise<TransmissionRecord[]> {
  const { rules, now } = dependencies
  const putAt = new Date(notification.mail.timestamp)
  const documentId = makeFaxId(putAt, notification.mail.messageId, sender.recipientDomain, String(first))
  const key = outgoingKey({ site: profile.site, documentId })
  const request = { to: [...numbers], notify: [sender.name], outbound: profile.name }
  const submission = { key, site: profile.site, putAt, request, sender }
  const planned = planTransmissions(rules, submission, now())
  const refused = refusal ?? ('refusal' in document ? document.refusal : undefined)
  const metadata = metadataOf(submission, planned)
  const why = refused ?? (typeof metadata === 'string' ? metadata : undefined)
  const records = await Promise.all(
    planned.map((record) =>
      addOrGet(dependencies, {
        ...answerable(record, { profile, rules, why, now: now() }),
        mailKey: notification.receipt.action.objectKey,
      }),
    ),
  )
  const isAccepted = records.some(({ state }) => state === 'accepted')
  if (isAccepted && 'pdf' in document && typeof metadata !== 'string')
    await dependencies.putDocument({ key, bytes: document.pdf, metadata })
  for (const record of records) if (hasTransmissionEnded(record)) await dependencies.tellEnd(record)
  return records
}

/** With an address to answer from, and refused where there is a reason to. */
function answerable(
  record: TransmissionRecord,
  {
    profile,
    rules,
    why,
    now,
  }: { profile: OutboundProfile; rules: Rules; why: string | undefined; now: Date },
): TransmissionRecord {
  const settings = record.settings ?? settingsFor(profile, { to: [] }, rules.timeZone)
  const known = { ...record, settings }
  return why === undefined ? known : (refuseTransmission(known, why, now) ?? known)
}

async function addOrGet(
  { ledger, count }: MailInDependencies,
  planned: TransmissionRecord,
): Promise<TransmissionRecord> {
  if (!(await ledger.addTransmission(planned))) return (await ledger.getTransmission(planned.id)) ?? planned
  count(planned.state === 'refused' ? 'TransmissionsRefused' : 'TransmissionsAccepted')
  return planned
}
