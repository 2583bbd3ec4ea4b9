import { existsSync } from 'node:fs'
import type { IppServer } from '../ipp/ask-ipp.ts'

export const IPP_PORT = 631
/** Where Debian's cupsd listens, and CUPS's clients look first. */
const SOCKET_PATH = '/run/cups/cups.sock'

/**
 * Where CUPS is. `written` is as CUPS_SERVER has it: HOST, HOST:PORT, [IPv6]:PORT or a socket's path; undefined: this machine's.
 * Undefined comes out for what is none of these.
 */
export function parseCupsServer(written: string | undefined, exists = existsSync): IppServer | undefined {
  if (written === undefined) {
    return exists(SOCKET_PATH) ? { socketPath: SOCKET_PATH } : { host: '127.0.0.1', port: IPP_PORT }
  }
  if (/^\/[^\p{Cc}]+$/u.test(written)) return { socketPath: written }
  const [, bracketed, name, port = String(IPP_PORT)] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9][A-Za-z0-9._-]*))(?::(\d{1,5}))?$/.exec(written) ?? []
  const host = bracketed ?? name
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined
  return { host, port: Number(port) }
}
