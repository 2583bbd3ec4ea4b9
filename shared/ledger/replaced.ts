import type { DeliveryRecord } from './records.ts'

/** The backends whose deliveries a fallback took over: they call for nobody as long as that one does not. */
export function replacedBackends(deliveries: readonly DeliveryRecord[]): ReadonlySet<string> {
  return new Set(
    deliveries.flatMap(({ fallbackOf, state }) =>
      fallbackOf !== undefined && state !== 'failed' && state !== 'bounced' ? [fallbackOf] : [],
    ),
  )
}
