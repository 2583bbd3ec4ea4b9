import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { DeliveryMessage, PrintJob, RoutedFax } from '../../shared/messages.ts'
import type { BackendOf } from '../../shared/routing-table/deployed-table.ts'
import type { Route, Router } from '../../shared/routing-table/route.ts'
import { makePrintJob } from '../backends/printer/print-job.ts'
import { changedMeanwhile } from '../ledger/changed-meanwhile.ts'
import { handTo, type OpeningReason, openDelivery } from '../ledger/delivery-transitions.ts'
import type { Ledger } from '../ledger/ledger.ts'

export interface FanOutDependencies {
  ledger: Pick<Ledger, 'addDelivery' | 'getDelivery' | 'replaceDelivery'>
  putFile: (file: { key: string; bytes: Uint8Array; format: 'pdf' | 'tiff' }) => Promise<void>
  router: Pick<Router, 'timeZone' | 'language'>
  enqueueDelivery: (message: DeliveryMessage) => Promise<void>
  enqueuePrintJob: (site: string, job: PrintJob) => Promise<void>
  now: () => Date
}

/** The files of a fax, read only where a backend needs a copy of its own. */
export type ReadFile = (format: 'pdf' | 'tiff') => Promise<Uint8Array>

export interface RoutedFiles {
  fax: RoutedFax
  readFile: ReadFile
}

/** Makes the deliveries of a fax: for each backend a record in the ledger, then a message on the queue that serves it. */
export async function fanOut(
  dependencies: FanOutDependencies,
  routed: RoutedFiles,
  routes: readonly Route[],
): Promise<void> {
  await eachOnItsOwn(routes, async (route) => {
    const record = await open(dependencies, routed.fax.id, route)
    // Waiting without an attempt: whether its message went out nobody knows. A second one does no harm, none at all would.
    if (record.state === 'waiting' && record.attempts === 0)
      await enqueue(dependencies, routed, route, record)
  })
}

/** One that fails starves none of the others: all have been tried when it throws what went wrong. */
export async function eachOnItsOwn<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = []
  for (const item of items) await work(item).catch((error: unknown) => void errors.push(error))
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('; '))
  if (errors.length === 1) throw errors[0]
}

/** The record of a delivery, opened unless it is there. */
export async function open(
  { ledger, now }: Pick<FanOutDependencies, 'ledger' | 'now'>,
  faxId: string,
  { backend }: Pick<Route, 'backend'>,
  why?: OpeningReason,
): Promise<DeliveryRecord> {
  const opened = openDelivery(faxId, backend, now(), why)
  if (await ledger.addDelivery(opened)) return opened
  const record = await ledger.getDelivery(faxId, backend.name)
  if (record !== undefined) return record
  throw new Error(`The ledger refused the delivery of fax ${faxId} to ${backend.name}, and does not have it.`)
}

/** Puts the message of a delivery that is open on its queue. */
export async function enqueue(
  dependencies: FanOutDependencies,
  { fax, readFile }: RoutedFiles,
  { backend, recipients }: Route,
  record: DeliveryRecord,
): Promise<void> {
  if (backend.kind === 'printer') {
    await assign(dependencies, record, backend.site)
    return enqueuePrinting(dependencies, { fax, readFile }, backend, record)
  }
  const { timeZone, language } = dependencies.router
  await dependencies.enqueueDelivery({
    version: 1,
    fax,
    backend,
    recipients: [...recipients],
    timeZone,
    language,
    attempts: record.attempts,
    furtherWaitSeconds: 0,
  })
}

/** Before the site has the job: its report would be refused. */
async function assign(
  { ledger }: Pick<FanOutDependencies, 'ledger'>,
  record: DeliveryRecord,
  site: string,
): Promise<void> {
  if (record.site === site || (await ledger.replaceDelivery(handTo(record, site)))) return
  throw changedMeanwhile(record)
}

async function enqueuePrinting(
  { putFile, enqueuePrintJob, router }: FanOutDependencies,
  { fax, readFile }: RoutedFiles,
  backend: BackendOf<'printer'>,
  record: DeliveryRecord,
): Promise<void> {
  const job = makePrintJob(fax, backend, record, router.language)
  const { key, format, pdfKey } = job
  await putFile({ key, bytes: await readFile(format), format })
  if (pdfKey !== undefined) await putFile({ key: pdfKey, bytes: await readFile('pdf'), format: 'pdf' })
  await enqueuePrintJob(backend.site, job)
}
