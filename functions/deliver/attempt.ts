import type { Language } from '../../shared/language.ts'
import type { RoutedFax } from '../../shared/messages.ts'
import type { BackendKind, BackendOf } from '../../shared/routing-table/deployed-table.ts'

/** One try to deliver one fax to one backend: all that the backend's own code gets to see. */
export interface Attempt<Kind extends BackendKind> {
  fax: RoutedFax
  backend: BackendOf<Kind>
  recipients: readonly string[]
  timeZone: string
  /** Absent: English. */
  language?: Language | undefined
  /** Counts from 1. */
  attempt: number
  /** An earlier attempt may have arrived without our knowing: whatever a reader sees has to say so. */
  maybeDelivered: boolean
}
