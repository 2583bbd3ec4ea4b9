import { randomUUID } from 'node:crypto'
import { ConversionRefused, convertTiffToPdf } from '../../shared/conversion/convert.ts'
import type { Facts } from '../../shared/facts.ts'
import { makeFaxId } from '../../shared/fax-id.ts'
import { incomingKey, pdfKey } from '../../shared/object-keys.ts'
import type { NamedTable } from '../gateway/deployed-table.ts'
import { planDeliveries } from './planned.ts'
import type { SimulationReport } from './report.ts'

interface Trial {
  tiff: Uint8Array
  site: string
  number: string
  facts: Facts
}

/** With the gateway's own conversion and routing, in this process: of a table that is not deployed. */
export function simulateHere(
  { table, source }: NamedTable,
  { tiff, site, number, facts }: Trial,
): SimulationReport {
  const faxId = makeFaxId(new Date(facts.receivedAt), randomUUID())
  const by = `this command with ${source}`
  try {
    const { pdf, pages, warnings } = convertTiffToPdf(tiff, { faxId, receivedAt: new Date(facts.receivedAt) })
    const keys = { tiffKey: incomingKey({ site, faxId }), pdfKey: pdfKey({ site, faxId }) }
    const fax = { id: faxId, site, facts, pages: pages.length, ...keys }
    const deliveries = planDeliveries(table, { fax, sizes: { pdf: pdf.length, tiff: tiff.length } })
    return {
      by,
      number,
      ...(deliveries.length === 0
        ? { reason: 'the table has no section for the number, and no default.' }
        : {}),
      pages: pages.length,
      damagedRows: pages.reduce((sum, page) => sum + page.damagedRows, 0),
      pdfBytes: pdf.length,
      warnings: [
        ...warnings,
        ...pages.flatMap((page, index) => page.warnings.map((one) => `page ${index + 1}: ${one}`)),
      ],
      deliveries,
    }
  } catch (error) {
    if (!(error instanceof ConversionRefused)) throw error
    return { by, number, reason: error.message, warnings: [], deliveries: [] }
  }
}
