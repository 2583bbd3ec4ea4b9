import type { DeliveryRecord, FaxRecord } from '../../shared/ledger/records.ts'
import type { Ledger } from './ledger.ts'
import { add, replace } from './memory-table.ts'

/** A ledger for tests: the same promises as the table's, kept in memory. */
export function makeMemoryLedger(): Ledger & {
  faxes: Map<string, FaxRecord>
  deliveries: Map<string, DeliveryRecord>
} {
  const faxes = new Map<string, FaxRecord>()
  const deliveries = new Map<string, DeliveryRecord>()
  const deliveryKey = (faxId: string, backend: string) => `${faxId} ${backend}`
  return {
    faxes,
    deliveries,
    addFax: async (record) => add(faxes, record.id, record),
    getFax: async (faxId) => structuredClone(faxes.get(faxId)),
    replaceFax: async (next) => replace(faxes, next.id, next),
    addDelivery: async (record) => add(deliveries, deliveryKey(record.faxId, record.backend), record),
    getDelivery: async (faxId, backend) => structuredClone(deliveries.get(deliveryKey(faxId, backend))),
    replaceDelivery: async (next) => replace(deliveries, deliveryKey(next.faxId, next.backend), next),
  }
}
