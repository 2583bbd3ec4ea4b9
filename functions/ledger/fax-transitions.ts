import type { Facts } from '../../shared/facts.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import type { Remark } from '../../shared/ledger/remarks.ts'
import { FAX_TRANSITIONS, stepOf } from '../../shared/ledger/states.ts'

interface Arrival {
  faxId: string
  site: string
  facts: Facts
  tiffKey: string
  tiffBytes: number
}

export interface Stored {
  pdfKey: string
  pdfBytes: number
  pages: number
  damagedRows: number
  warnings: string[]
  remarks?: Remark[]
  convertMilliseconds: number
}

/** How the reception of a fax ends: what becomes of its deliveries stands in their own records. */
export type FaxEnd =
  | ({ state: 'routed'; backends: string[] } & Stored)
  | ({ state: 'unrouted'; reason: string } & Stored)
  | { state: 'refused' | 'missed'; reason: string }
  | ({ state: 'simulated'; backends?: string[]; reason?: string } & Partial<Stored>)

export function openFax({ faxId, site, facts, tiffKey, tiffBytes }: Arrival, now: Date): FaxRecord {
  return {
    id: faxId,
    site,
    state: 'received',
    facts,
    tiffKey,
    tiffBytes,
    openedAt: now.toISOString(),
    revision: 0,
  }
}

export function closeFax(record: FaxRecord, ending: FaxEnd, now: Date): FaxRecord {
  stepOf(FAX_TRANSITIONS, record.state, ending.state)
  return { ...record, ...ending, closedAt: now.toISOString(), revision: record.revision + 1 }
}

/** A fax without a backend gets some after all. Why it had none is not true any more. */
export function rerouteFax(record: FaxRecord, backends: string[], now: Date): FaxRecord {
  const { reason: _, ...rest } = record
  const state = stepOf(FAX_TRANSITIONS, record.state, 'routed')
  return { ...rest, state, backends, closedAt: now.toISOString(), revision: record.revision + 1 }
}
