import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { type SendRequest, sendRequestSchema } from '../../shared/transmission/send-request.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { put } from '../send/put.ts'
import { tellOf } from '../send/tell-of.ts'
import { CommandFailed } from '../subcommand.ts'
import { wrongUsage } from '../words.ts'

interface SendAgain {
  again: boolean
  backend?: string | undefined
  'dry-run': boolean
  wait: boolean
  json: boolean
}

/**
 * Sends a fax that has ended once more: a new one, with an id of its own, of the same document and with what was asked for then. The routing table
 * judges it as any that is sent by whoever runs the command.
 */
export async function sendAgain(
  gateway: Pick<Gateway, 'files' | 'askLedger'>,
  record: TransmissionRecord,
  command: SendAgain,
): Promise<number> {
  const { id, site, documentKey } = record
  if (command.backend !== undefined)
    throw wrongUsage('retry', `${id} was to be sent; --backend goes with faxes that were received`)
  const request = requestOf(record, command.again)
  const document = await gateway.files.read(documentKey)
  if (document === undefined) {
    throw new CommandFailed(
      `the document of ${id} is not in the bucket any more: its time there is over, or somebody deleted it. Send it anew: faxlane send.`,
    )
  }
  if (!command['dry-run']) return tellOf(gateway, command, await put(gateway, { site, request, document }))
  const to = request.to.join(', ')
  process.stdout.write(
    command.json
      ? `${visibleJson({ fax: id, to, asked: false })}\n`
      : `${id} would be sent to ${visible(to)} again.\n`,
  )
  return 0
}

/** As it was asked for then, as far as the record has it. Throws CommandFailed where it can't be sent again, or not without that word. */
export function requestOf(record: TransmissionRecord, isAgainSaid: boolean): SendRequest {
  const { id, state, destination, notify, outbound, settings, forgottenAt } = record
  if (!hasTransmissionEnded(record)) {
    throw new CommandFailed(
      `${id} is ${state}, and on its way: faxlane show ${id} says how. faxlane cancel ${id} stops it.`,
    )
  }
  if (forgottenAt !== undefined)
    throw new CommandFailed(`${id} was forgotten: nobody knows its number any more.`)
  if (!isAgainSaid) {
    const unsure = state === 'unknown' ? ' It may have arrived: ask whom it was for.' : ''
    throw new CommandFailed(
      `${id} was to be sent to ${visible(destination)}: ${state}. To send the same document there once more: faxlane retry ${id} --again.${unsure}`,
    )
  }
  const { callerNumber, header, resolution } = settings ?? {}
  const parsed = sendRequestSchema.safeParse({
    to: [destination],
    ...(outbound === undefined ? {} : { outbound }),
    ...(callerNumber === undefined ? {} : { from: callerNumber }),
    ...(header === undefined ? {} : { header }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(notify.length === 0 ? {} : { notify }),
  })
  if (parsed.success) return parsed.data
  throw new CommandFailed(`what was asked for with ${id} can't be sent as it is. Send it anew: faxlane send.`)
}
