import type { HeartbeatRecord } from '../../shared/ledger/heartbeat-record.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import { STANDINGS, standingOf } from '../../shared/ledger/standing.ts'
import { printJobIsGone, whatIsStuck } from '../../shared/ledger/stuck.ts'
import type { DispatchRequest } from '../../shared/messages.ts'
import type { SweepReport } from '../../shared/sweep-report.ts'
import { fallbackRequest } from '../deliver/give-up.ts'
import { wasGivenUp } from '../ledger/delivery-transitions.ts'
import type { Count } from '../metrics.ts'
import { type Pair, pair, type StoredFax } from './pair.ts'
import { type Gap, missingAtTheEnd, type Numbered, sequenceGaps } from './sequence-gaps.ts'
import {
  sweepTransmissions,
  type TransmissionSweep,
  type TransmissionSweepDependencies,
} from './sweep-transmissions.ts'

export interface SweepDependencies extends TransmissionSweepDependencies {
  queries: Pick<LedgerQueries, 'faxesBetween' | 'stuck'>
  /** Files under incoming/ whose fax was received from then and before, in the order of fax ids. */
  storedBetween: (from: Date, to: Date) => AsyncIterable<StoredFax>
  /** Tells `receive` of a file as S3 does. */
  announce: (stored: StoredFax) => Promise<void>
  requestDelivery: (request: DispatchRequest) => Promise<void>
  /** Dead-letter queues that are not empty. */
  deadLetters: () => Promise<{ queue: string; messages: number }[]>
  /** The last sign of life of each agent on site. */
  heartbeats: () => Promise<HeartbeatRecord[]>
  count: Count
  now: () => Date
  /** How long the bucket keeps a fax. */
  faxesDays: number
}

/** S3's events take over a minute at times, and a fax may be in the middle of its conversion. */
const PATIENCE_MINUTES = 30
/** A number that is late may be on its way: an agent that was cut off uploads the oldest first. */
const SEQUENCE_PATIENCE_MINUTES = 120
const MOST_TOLD = 200
const DAY_MILLISECONDS = 86_400_000
/** By then a sweep of every night has told `receive` of it before, and in vain. */
const ANNOUNCED_BEFORE_MILLISECONDS = DAY_MILLISECONDS + 2 * 3_600_000

type Found = SweepReport['findings'][number]

/** What one sweep has seen so far. */
interface Sweep {
  received: number
  counts: SweepReport['counts']
  repaired: Found[]
  findings: Found[]
  numbered: Map<string, Numbered[]>
}

/**
 * Compares what arrived with what is on record, puts right what a repetition puts right, and tells the rest. Repeating it, or a second one at
 * the same time, does no harm: all that it does is to send messages that come more than once anyway.
 */
export async function sweep(dependencies: SweepDependencies, from: Date): Promise<SweepReport> {
  const to = dependencies.now()
  const counts = Object.fromEntries(STANDINGS.map((standing) => [standing, 0])) as SweepReport['counts']
  const seen: Sweep = { received: 0, counts, repaired: [], findings: [], numbered: new Map() }
  const entries = dependencies.queries.faxesBetween(from, to, { oldestFirst: true })
  for await (const one of pair(dependencies.storedBetween(from, to), entries)) {
    await look(dependencies, seen, one)
  }
  // Of any age: what is stuck may be older than what is looked at.
  for await (const entry of dependencies.queries.stuck(to)) await unstick(dependencies, seen, entry)
  reportGaps(seen, await dependencies.heartbeats(), { from, now: to })
  const sent = await sweepTransmissions(dependencies, { from, to, patienceMinutes: PATIENCE_MINUTES })
  seen.repaired.push(...sent.repaired)
  seen.findings.push(...sent.findings)
  for (const { queue, messages } of await dependencies.deadLetters()) {
    const lie = messages === 1 ? '1 message lies' : `${messages} messages lie`
    seen.findings.push({ what: `${lie} in ${queue}: faxlane redrive ${queue}` })
  }
  for (let finding = 0; finding < seen.findings.length; finding += 1) dependencies.count('SweepFindings')
  if (to.getTime() - from.getTime() >= DAY_MILLISECONDS) dependencies.count('SweepRan')
  return report(seen, sent, { from, to })
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((one, other) => one + other, 0)

function report(
  { received, counts, repaired, findings }: Sweep,
  { taken, counts: sendings }: TransmissionSweep,
  { from, to }: { from: Date; to: Date },
): SweepReport {
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    received,
    counts,
    holds: received === sum(counts),
    toBeSent: { taken, counts: sendings, holds: taken === sum(sendings) },
    repaired: repaired.slice(0, MOST_TOLD),
    repairedCount: repaired.length,
    findings: findings.slice(0, MOST_TOLD),
    findingsCount: findings.length,
  }
}

async function look(dependencies: SweepDependencies, seen: Sweep, { stored, entry }: Pair): Promise<void> {
  seen.received += 1
  if (entry === undefined) {
    seen.counts.waiting += 1
    if (stored !== undefined) await announceUnlessNew(dependencies, seen, stored)
    return
  }
  const { fax } = entry
  seen.counts[standingOf(entry)] += 1
  if (stored === undefined && shouldBeStored(dependencies, fax)) {
    seen.findings.push({ faxId: fax.id, what: `its file ${fax.tiffKey} is not in the bucket` })
  }
  const number = Number(fax.facts.sequence)
  if (Number.isSafeInteger(number)) {
    const ofSite = seen.numbered.get(fax.site) ?? []
    seen.numbered.set(fax.site, ofSite)
    ofSite.push({ number, receivedAt: new Date(fax.facts.receivedAt) })
  }
  await openMissing(dependencies, seen, entry)
}

/** Listings are read before the ledger: what came in between is on record alone. */
function shouldBeStored({ now, faxesDays }: SweepDependencies, fax: FaxEntry['fax']): boolean {
  // What no agent put there has a key that says nothing of its fax.
  if (fax.site === 'unknown' || fax.forgottenAt !== undefined) return false
  const age = now().getTime() - Date.parse(fax.openedAt)
  return age >= PATIENCE_MINUTES * 60_000 && age < faxesDays * DAY_MILLISECONDS
}

async function announceUnlessNew(
  dependencies: SweepDependencies,
  seen: Sweep,
  stored: StoredFax,
): Promise<void> {
  const { announce, now } = dependencies
  const age = now().getTime() - stored.storedAt.getTime()
  if (age < PATIENCE_MINUTES * 60_000) return
  await announce(stored)
  if (age >= ANNOUNCED_BEFORE_MILLISECONDS) {
    const what =
      `${stored.key} has not been on record for ${Math.floor(age / 3_600_000)} hours. It is announced again, but does ` +
      'anybody take from the queue of arrivals? faxlane status; the log of receive'
    seen.findings.push({ faxId: stored.faxId, what })
    return
  }
  seen.repaired.push({ faxId: stored.faxId, what: `${stored.key} was not on record, and is announced again` })
}

/** Closed as routed, a fax has a record for each backend, or a fault of ours has lost one. */
async function openMissing(
  { requestDelivery, now }: SweepDependencies,
  seen: Sweep,
  entry: FaxEntry,
): Promise<void> {
  const { fax, deliveries } = entry
  if (fax.state !== 'routed') return
  const known = new Set(deliveries.map(({ backend }) => backend))
  for (const backend of (fax.backends ?? []).filter((name) => !known.has(name))) {
    await requestDelivery({ version: 1, faxId: fax.id, backend, because: 'lost' })
    seen.repaired.push({ faxId: fax.id, what: `its delivery to ${backend} was not on record, and is made` })
  }
  for (const request of missingFallbacks(entry, now())) {
    await requestDelivery(request)
    const what = `its delivery to ${request.backend} in the place of ${request.fallbackOf} was not on record, and is made`
    seen.repaired.push({ faxId: fax.id, what })
  }
}

/** What was given up a while ago has a record of its fallback. */
function missingFallbacks({ deliveries }: FaxEntry, now: Date): DispatchRequest[] {
  const known = new Set(deliveries.map(({ backend }) => backend))
  return deliveries.flatMap((delivery) => {
    const { fallback, history } = delivery
    const endedAt = Date.parse(history.at(-1)?.at ?? delivery.openedAt)
    const isNew = now.getTime() - endedAt < PATIENCE_MINUTES * 60_000
    if (!wasGivenUp(delivery) || fallback === undefined || known.has(fallback) || isNew) return []
    return [fallbackRequest(delivery, fallback)]
  })
}

async function unstick(dependencies: SweepDependencies, seen: Sweep, entry: FaxEntry): Promise<void> {
  const { fax, deliveries } = entry
  for (const { backend, why } of whatIsStuck(entry, dependencies.now())) {
    const delivery = deliveries.find((one) => one.backend === backend)
    const isGone = delivery !== undefined && printJobIsGone(delivery, dependencies.now())
    if (delivery?.kind === 'printer' && !isGone) {
      const what = `${backend}: ${why}. Look at the print agent of the site: faxlane status`
      seen.findings.push({ faxId: fax.id, what })
      continue
    }
    if (backend !== undefined) {
      await dependencies.requestDelivery({ version: 1, faxId: fax.id, backend, because: 'lost' })
    } else await dependencies.announce(storedOf(entry))
    seen.repaired.push({
      faxId: fax.id,
      what: `${backend === undefined ? '' : `${backend}: `}${why}; ${isGone ? 'given up' : 'sent again'}`,
    })
  }
}

function storedOf({ fax }: FaxEntry): StoredFax {
  const { id: faxId, site, tiffKey: key, tiffBytes: sizeBytes, openedAt } = fax
  return { faxId, site, key, sizeBytes, storedAt: new Date(openedAt) }
}

function reportGaps(
  { numbered, findings }: Sweep,
  heartbeats: readonly HeartbeatRecord[],
  range: { from: Date; now: Date },
): void {
  const lookedAt = { ...range, patienceMinutes: SEQUENCE_PATIENCE_MINUTES }
  for (const [site, ofSite] of numbered) {
    for (const gap of sequenceGaps(ofSite, lookedAt)) {
      const what = `Of site ${site}, ${inWords(gap)} of the agent's count never came. Look there: faxlane-edge status`
      findings.push({ what })
    }
  }
  for (const heartbeat of heartbeats.filter(({ agent }) => agent === 'edge')) {
    const { site, waiting, heardAt } = heartbeat
    const gap = missingAtTheEnd(numbered.get(site) ?? [], heartbeat, lookedAt)
    if (gap === undefined) continue
    const what =
      `Of site ${site}, ${inWords(gap)} of the agent's count never came, and nothing after them; ${waiting} wait there ` +
      `(heard at ${heardAt}). Look there: faxlane-edge status, faxlane-edge check`
    findings.push({ what })
  }
}

const inWords = ({ first, last }: Gap) => (first === last ? `number ${first}` : `numbers ${first} to ${last}`)
