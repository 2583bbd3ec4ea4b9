import type { RoutedFax } from '../../shared/messages.ts'
import type { BackendOf } from '../../shared/routing-table/deployed-table.ts'
import type { Route } from '../../shared/routing-table/route.ts'
import { makePrintJob } from '../backends/printer/print-job.ts'
import { openDelivery } from '../ledger/delivery-transitions.ts'
import type { ReceiveDependencies } from './receive.ts'

interface Routed {
  fax: RoutedFax
  routes: readonly Route[]
  files: Record<'pdf' | 'tiff', Uint8Array>
}

type FanOutDependencies = Pick<
  ReceiveDependencies,
  'ledger' | 'putFile' | 'enqueueDelivery' | 'enqueuePrintJob' | 'router' | 'now'
>

/** Makes the deliveries of a fax: for each backend a record in the ledger, then a message on the queue that serves it. */
export async function fanOut(
  dependencies: FanOutDependencies,
  { fax, routes, files }: Routed,
): Promise<void> {
  for (const route of routes) {
    if (!(await addDelivery(dependencies, fax.id, route))) continue
    if (route.backend.kind === 'printer') await enqueuePrinting(dependencies, fax, route.backend, files)
    else await enqueue(dependencies, fax, route)
  }
}

/** False when an earlier run got further than this one: the delivery's first attempt has begun, so its message is out. */
async function addDelivery(
  { ledger, now }: FanOutDependencies,
  faxId: string,
  { backend }: Route,
): Promise<boolean> {
  if (await ledger.addDelivery(openDelivery(faxId, backend, now()))) return true
  const record = await ledger.getDelivery(faxId, backend.name)
  // Waiting without an attempt: whether its message went out nobody knows. A second one does no harm, none at all would.
  return record?.state === 'waiting' && record.attempts === 0
}

async function enqueue(
  { enqueueDelivery, router }: FanOutDependencies,
  fax: RoutedFax,
  route: Route,
): Promise<void> {
  const { backend, recipients } = route
  await enqueueDelivery({ version: 1, fax, backend, recipients: [...recipients], timeZone: router.timeZone })
}

async function enqueuePrinting(
  { putFile, enqueuePrintJob }: FanOutDependencies,
  fax: RoutedFax,
  backend: BackendOf<'printer'>,
  files: Routed['files'],
): Promise<void> {
  const job = makePrintJob(fax, backend)
  await putFile({ key: job.key, bytes: files[job.format], format: job.format })
  if (job.pdfKey !== undefined) await putFile({ key: job.pdfKey, bytes: files.pdf, format: 'pdf' })
  await enqueuePrintJob(backend.site, job)
}
