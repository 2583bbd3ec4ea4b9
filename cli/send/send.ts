import { randomBytes } from 'node:crypto'
import { makeFaxId } from '../../shared/fax-id.ts'
import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { bareNumber } from '../../shared/transmission/judge-number.ts'
import { outgoingKey, transmissionIdOf } from '../../shared/transmission/keys.ts'
import { requestToMetadata } from '../../shared/transmission/send-request.ts'
import { visible } from '../../shared/visible.ts'
import { timeOf } from '../faxes/when.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { CommandFailed, EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { type Screen, standardOutput } from '../terminal/screen.ts'
import { detailOf, STATE_COLOURS } from '../transmissions/words.ts'
import { HELP, readCommandLine, type SendCommand } from './command-line.ts'
import { readDocument } from './document.ts'
import { follow } from './follow.ts'
import { siteOf } from './site-of.ts'

export const send: Subcommand = { help: HELP, run }

interface Taken {
  id: string
  to: string
}

async function run(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words, new Date())
  const document = await readDocument(command.files)
  return withGateway('send', command.choice, async (gateway) => {
    const taken = await put(gateway, command, document)
    const screen = standardOutput()
    if (command.wait) return followAll(gateway, command, taken, screen)
    for (const one of taken)
      screen.write(command.json ? `${JSON.stringify(one)}\n` : `${one.id}  to ${visible(one.to)}\n`)
    return EXIT_CODES.done
  })
}

/** Puts the document where `submit` takes it; the ids follow from its name. */
async function put(gateway: Gateway, command: SendCommand, document: Uint8Array): Promise<Taken[]> {
  const putAt = new Date()
  const site = await siteOf(gateway, command)
  const key = outgoingKey({ site, documentId: makeFaxId(putAt, randomBytes(16)) })
  await gateway.files.putNew({
    key,
    bytes: document,
    metadata: metadataOf(command),
    contentType: 'application/pdf',
  })
  const numbers = new Map(command.request.to.map((written) => [bareNumber(written) ?? written, written]))
  return [...numbers].map(([destination, to]) => ({ id: transmissionIdOf({ key, destination, putAt }), to }))
}

function metadataOf({ request }: SendCommand): Record<string, string> {
  try {
    return requestToMetadata(request)
  } catch (error) {
    if (error instanceof RangeError) throw new CommandFailed(error.message)
    throw error
  }
}

async function followAll(
  { askLedger }: Gateway,
  { json }: SendCommand,
  taken: readonly Taken[],
  screen: Screen,
): Promise<number> {
  const queries = makeTransmissionQueries(askLedger)
  const ends = await Promise.all(
    taken.map(({ id }) =>
      follow(queries, id, (record) => json || screen.write(progressLine(screen, record))),
    ),
  )
  if (json) for (const record of ends) screen.write(`${JSON.stringify(record)}\n`)
  return ends.every(({ state }) => state === 'sent') ? EXIT_CODES.done : EXIT_CODES.someFailed
}

function progressLine({ paint }: Screen, record: TransmissionRecord): string {
  const { state, destination } = record
  const detail = visible(detailOf(record, new Date()))
  return `${timeOf(new Date())}  ${visible(destination)}  ${paint(STATE_COLOURS[state], state)}${detail === '' ? '' : `: ${detail}`}\n`
}
