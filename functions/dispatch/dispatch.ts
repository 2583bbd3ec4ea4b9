import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import { type DeliveryRecord, type FaxRecord, wantedAt } from '../../shared/ledger/records.ts'
import type { DispatchRequest, RoutedFax } from '../../shared/messages.ts'
import type { Route, Router } from '../../shared/routing-table/route.ts'
import { changedMeanwhile } from '../ledger/changed-meanwhile.ts'
import { hasEnded, mark, reopen, wasGivenUp } from '../ledger/delivery-transitions.ts'
import { rerouteFax } from '../ledger/fax-transitions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { FileGone } from '../storage/file-gone.ts'
import { eachOnItsOwn, enqueue, type FanOutDependencies, fanOut, open, type RoutedFiles } from './fan-out.ts'
import { type GiveUpOpenDependencies, giveUpGone, giveUpUnknown, giveUpWithoutFile } from './give-up-open.ts'

export interface DispatchDependencies extends FanOutDependencies, GiveUpOpenDependencies {
  ledger: FanOutDependencies['ledger'] & Pick<Ledger, 'replaceFax'>
  queries: Pick<LedgerQueries, 'fax'>
  router: Router
  readObject: (key: string) => Promise<Uint8Array>
}

/** What came of a request, for the log: the backends to which a message went out, or why none did. */
export interface Dispatched {
  backends: string[]
  nothing?: string
}

/**
 * Makes deliveries besides those of a reception: the fallback of one that was given up, what an operator wants tried again, what lost its
 * message. By the table as it is deployed now, so that a mistake is mended and its faxes delivered after it. Safe to repeat.
 */
export async function dispatch(
  dependencies: DispatchDependencies,
  request: DispatchRequest,
): Promise<Dispatched> {
  const entry = await dependencies.queries.fax(request.faxId)
  if (entry === undefined) return { backends: [], nothing: 'the ledger has no such fax' }
  // Its first backend can give up before it is closed as routed, and long before, where `receive` was killed in between.
  if (entry.fax.state === 'received')
    throw new Error(`Fax ${request.faxId} is still being received; the request comes again.`)
  const fax = routedFax(entry.fax)
  if (fax === undefined)
    return { backends: [], nothing: `it is ${entry.fax.state}, and there is nothing of it to deliver` }
  const { readObject, router } = dependencies
  const routed = {
    fax,
    readFile: (format: 'pdf' | 'tiff') => readObject(format === 'pdf' ? fax.pdfKey : fax.tiffKey),
  }
  if (request.backend === undefined && entry.fax.state === 'unrouted')
    return routeAnew(dependencies, entry.fax, routed)
  const wanted = request.backend === undefined ? endedBadly(entry) : [request.backend]
  const backends: string[] = []
  await eachOnItsOwn(wanted, async (backend) => {
    const route = router.routeTo(backend, fax.facts.destination)
    if (route === undefined) return giveUpUnknown(dependencies, { ...request, backend })
    await dispatchTo(dependencies, routed, route, request)
    backends.push(backend)
  })
  if (entry.fax.state === 'unrouted' && backends.length > 0)
    await dependencies.ledger.replaceFax(rerouteFax(entry.fax, backends, dependencies.now()))
  if (wanted.length === 0) return { backends, nothing: 'nothing of it has failed' }
  return backends.length === wanted.length
    ? { backends }
    : { backends, nothing: 'the routing table has no such backend any more' }
}

/** A fax that had no backend, by a table that may have one for it now. */
async function routeAnew(
  dependencies: DispatchDependencies,
  record: FaxRecord,
  routed: RoutedFiles,
): Promise<Dispatched> {
  const routes = dependencies.router.routeFor(record.facts.destination)
  if (routes === undefined)
    return { backends: [], nothing: 'the routing table still has no section for its number' }
  await fanOut(dependencies, routed, routes)
  const backends = routes.map(({ backend }) => backend.name)
  await dependencies.ledger.replaceFax(rerouteFax(record, backends, dependencies.now()))
  return { backends }
}

const endedBadly = ({ deliveries }: FaxEntry) =>
  deliveries.filter(({ state }) => state === 'failed' || state === 'bounced').map(({ backend }) => backend)

async function dispatchTo(
  dependencies: DispatchDependencies,
  routed: RoutedFiles,
  route: Route,
  { because, fallbackOf, maybeDelivered, againAt }: DispatchRequest,
): Promise<void> {
  const opened = await open(dependencies, routed.fax.id, route, {
    ...(fallbackOf === undefined ? {} : { fallbackOf }),
    ...(maybeDelivered === undefined ? {} : { maybeDelivered }),
    ...(because === 'retry' ? { askedForAt: againAt ?? dependencies.now().toISOString() } : {}),
  })
  const record = because === 'retry' ? await reopened(dependencies, opened, againAt) : opened
  if (hasEnded(record)) return
  // The fallback of several, or of one that ends twice, is delivered once.
  if (because === 'fallback' && record.attempts > 0) return
  if (because === 'lost' && (await giveUpGone(dependencies, record))) return
  const next = await marked(dependencies, record, maybeDelivered)
  try {
    await enqueue(dependencies, routed, route, next)
  } catch (error) {
    if (!(error instanceof FileGone)) throw error
    await giveUpWithoutFile(dependencies, next, error)
  }
}

/** It was opened before, in the place of one of which it was sure that it had not arrived. */
async function marked(
  { ledger }: DispatchDependencies,
  record: DeliveryRecord,
  maybeDelivered = false,
): Promise<DeliveryRecord> {
  if (record.maybeDelivered || !maybeDelivered) return record
  const next = mark(record)
  if (await ledger.replaceDelivery(next)) return next
  throw changedMeanwhile(record)
}

async function reopened(
  { ledger, now }: DispatchDependencies,
  record: DeliveryRecord,
  againAt: string | undefined,
): Promise<DeliveryRecord> {
  const isWanted =
    wasGivenUp(record) ||
    // Not of a request that comes again after what it asked for was delivered.
    (record.state === 'delivered' && againAt !== undefined && wantedAt(record) < againAt)
  if (!isWanted) return record
  const next = reopen(record, now(), againAt)
  if (await ledger.replaceDelivery(next)) return next
  throw changedMeanwhile(record)
}

/** Of a simulated fax nothing is ever delivered. */
function routedFax(record: FaxRecord): RoutedFax | undefined {
  const { id, site, state, facts, tiffKey, pages, pdfKey, remarks } = record
  if (state === 'simulated' || pages === undefined || pdfKey === undefined) return undefined
  return { id, site, facts, tiffKey, pages, pdfKey, ...(remarks && { remarks }) }
}
