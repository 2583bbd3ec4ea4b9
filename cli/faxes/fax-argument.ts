import { faxIdSchema } from '../../shared/fax-id.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import { visible } from '../../shared/visible.ts'
import { CommandFailed } from '../subcommand.ts'
import { wrongUsage } from '../words.ts'

const RECEIVED_AND_SENT =
  'faxlane list shows those that were received, faxlane sent those that were to be sent'

/** The one fax id among the words of a command. Throws WrongUsage. */
export function readFaxId(subcommand: string, [id, second]: readonly string[]): string {
  if (id === undefined)
    throw wrongUsage(
      subcommand,
      `a fax id is missing; ${subcommand === 'cancel' ? 'faxlane sent shows them' : RECEIVED_AND_SENT}`,
    )
  if (second !== undefined) throw wrongUsage(subcommand, `${visible(second)} is a second fax; one at a time`)
  if (faxIdSchema.safeParse(id).success) return id
  throw wrongUsage(subcommand, `${visible(id)} is no fax id, such as 20261125T092825Z-9pncjvmdn1vq`)
}

/** Throws CommandFailed where the ledger has no such fax. */
export async function readEntry(ledger: LedgerQueries, faxId: string): Promise<FaxEntry> {
  const entry = await ledger.fax(faxId)
  if (entry === undefined) throw new CommandFailed(`the ledger has no fax ${faxId}.`)
  return entry
}
