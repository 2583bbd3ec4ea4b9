import { setTimeout as sleep } from 'node:timers/promises'
import { type Facts, factsToMetadata } from '../../shared/facts.ts'
import { makeFaxId } from '../../shared/fax-id.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import { incomingKey } from '../../shared/object-keys.ts'
import type { DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { CommandFailed } from '../subcommand.ts'
import { planDeliveries } from './planned.ts'
import type { SimulationReport } from './report.ts'

interface Trial {
  tiff: Uint8Array
  site: string
  number: string
  facts: Facts
}

const PATIENCE_MILLISECONDS = 60_000
const LOOK_EVERY_MILLISECONDS = 250

/** Through the real bucket, queue, function and ledger; marked, so that the function makes no deliveries of it. */
export async function simulateThere(
  gateway: Gateway,
  table: DeployedTable,
  { tiff, site, number, facts }: Trial,
): Promise<SimulationReport> {
  const faxId = makeFaxId(new Date(facts.receivedAt), facts.callId ?? '', tiff)
  const metadata = factsToMetadata({ ...facts, simulated: 'yes' })
  await gateway.files.putNew({ key: incomingKey({ site, faxId }), bytes: tiff, metadata })
  const record = await untilEnded(gateway, faxId)
  if (record.state !== 'simulated')
    throw new CommandFailed(
      `${faxId} was not simulated but ${record.state}: the gateway is of an older version.`,
    )
  return reportOf(gateway.title, table, record, number)
}

async function untilEnded({ ledger }: Gateway, faxId: string): Promise<FaxRecord> {
  for (const until = Date.now() + PATIENCE_MILLISECONDS; Date.now() < until; ) {
    const entry = await ledger.fax(faxId)
    if (entry !== undefined && entry.fax.state !== 'received') return entry.fax
    await sleep(LOOK_EVERY_MILLISECONDS)
  }
  throw new CommandFailed(
    `${faxId} was put into the bucket, and is not dealt with after ${PATIENCE_MILLISECONDS / 1000} s. faxlane status may tell why.`,
  )
}

function reportOf(by: string, table: DeployedTable, record: FaxRecord, number: string): SimulationReport {
  const {
    id,
    site,
    facts,
    tiffKey,
    tiffBytes,
    pdfKey,
    pdfBytes,
    pages,
    damagedRows,
    warnings = [],
    reason,
  } = record
  const common = { by, fax: id, number, warnings, ...(reason === undefined ? {} : { reason }) }
  if (pages === undefined || pdfKey === undefined || pdfBytes === undefined)
    return { ...common, deliveries: [] }
  const fax = { id, site, facts, tiffKey, pages, pdfKey }
  const deliveries = planDeliveries(table, { fax, sizes: { pdf: pdfBytes, tiff: tiffBytes } })
  return { ...common, pages, ...(damagedRows === undefined ? {} : { damagedRows }), pdfBytes, deliveries }
}
