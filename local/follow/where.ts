import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningGateway } from '../gateway.ts'
import { shownPath } from '../show/shown-path.ts'
import type { Where } from './changes.ts'

/** Receipts name a place in the cloud or on a server; locally each of these is a file that a person can open. */
export function makeWhere({ folders }: Pick<RunningGateway, 'folders'>, from: string): Where {
  const shown = (...path: string[]) => shownPath(from, join(...path))
  return (delivery, receipt) => {
    switch (delivery.kind) {
      case 'mail':
        return receipt
          .split(/[ ,]+/)
          .map((messageId) => shown(folders.mail, `${messageId}.eml`))
          .join(' ')
      case 'ftp':
        return ftpFile(folders.ftp, receipt, shown)
      case 'log':
        return shown(folders.log, `${delivery.backend}.log`)
      default:
        return receipt.startsWith('/') ? shownPath(from, receipt) : receipt
    }
  }
}

/** The file on the local FTP server, or the address when the fax went to a server of the user's own. */
function ftpFile(ftpFolder: string, receipt: string, shown: (...path: string[]) => string): string {
  if (!URL.canParse(receipt)) return receipt
  const { hostname, pathname } = new URL(receipt)
  const path = [ftpFolder, hostname, decodeURIComponent(pathname)]
  return existsSync(join(...path)) ? shown(...path) : receipt
}
