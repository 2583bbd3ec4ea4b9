import type { BackendKind } from '../../shared/routing-table/deployed-table.ts'
import { ftpNeeds } from './ftp/needs.ts'
import { logNeeds } from './log/needs.ts'
import { mailNeeds } from './mail/needs.ts'
import type { BackendNeeds, FunctionNeeds } from './needs.ts'
import { printerNeeds } from './printer/needs.ts'

/** Every way to deliver. A new one is a folder beside these and a line here. */
export const BACKENDS = {
  mail: mailNeeds,
  ftp: ftpNeeds,
  printer: printerNeeds,
  log: logNeeds,
} as const satisfies Record<BackendKind, BackendNeeds>

/** Kinds that have a function of their own; a site's agent delivers the others. */
export type FunctionKind = {
  [Kind in BackendKind]: (typeof BACKENDS)[Kind] extends FunctionNeeds ? Kind : never
}[BackendKind]
