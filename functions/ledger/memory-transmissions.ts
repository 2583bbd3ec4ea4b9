import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { add, replace } from './memory-table.ts'
import type { KnownRequest, TransmissionLedger } from './transmission-ledger.ts'

/** Transmissions for tests: the same promises as the table's, kept in memory. */
export function makeMemoryTransmissions(): TransmissionLedger & {
  transmissions: Map<string, TransmissionRecord>
  notices: Map<string, DeliveryRecord>
} {
  const transmissions = new Map<string, TransmissionRecord>()
  const notices = new Map<string, DeliveryRecord>()
  const requests = new Map<string, KnownRequest>()
  const days = new Map<string, number>()
  return {
    transmissions,
    notices,
    addTransmission: async (record) => add(transmissions, record.id, record),
    getTransmission: async (id) => structuredClone(transmissions.get(id)),
    replaceTransmission: async (next) => replace(transmissions, next.id, next),
    addNotice: async (record) => add(notices, `${record.faxId} ${record.backend}`, record),
    getNotice: async (id, name) => structuredClone(notices.get(`${id} ${name}`)),
    replaceNotice: async (next) => replace(notices, `${next.faxId} ${next.backend}`, next),
    async claimRequest(request) {
      add(requests, request.digest, request)
      return structuredClone(requests.get(request.digest) ?? request)
    },
    async countOnDay(outbound, day, limit) {
      const count = days.get(`${outbound} ${day}`) ?? 0
      if (count >= limit) return false
      days.set(`${outbound} ${day}`, count + 1)
      return true
    },
  }
}
