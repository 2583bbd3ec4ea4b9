/** dynalite has no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http'

  interface DynaliteOptions {
    path?: string
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
  }

  /** The server's `close` closes the database as well. */
  export default function dynalite(options?: DynaliteOptions): Server
}
