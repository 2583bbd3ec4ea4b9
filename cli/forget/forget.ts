import { userInfo } from 'node:os'
import { forgetCalled, forgetCaller, forgetNote, forgetWords } from '../../shared/ledger/forgotten.ts'
import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import { maskNumber } from '../../shared/mask.ts'
import { visible } from '../../shared/visible.ts'
import { count } from '../faxes/amounts.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { readWords, wrongUsage } from '../words.ts'
import {
  type Known,
  outOfReach,
  prefixesOfReception,
  prefixesOfTransmission,
  sortOut,
} from './what-is-known.ts'

const HELP = `Removes what a request for data protection asks for: the faxes that came from a number and those that were sent to it, with
every version of their files, and the number in the ledger. That there was a fax, when, and what became of it, stays.

Usage: faxlane forget NUMBER [--yes] [--by NAME] [--json]

  --yes         do it; without this it only says what would go
  --by NAME     who asked for it or does it, for the note in the ledger (the user of this machine)
  --json        what was found, or removed, as one JSON object
  --help        this text
${GATEWAY_HELP}
NUMBER is written as the PBX gives it (faxlane list --number). What is under way has to end first. Out of reach is what was mailed, printed,
put on FTP servers and written to fax logs: the command says which backends have something. Backups of the ledger end after 35 days.

Exit code: 0 all that there was is forgotten (without --yes: could be), 1 something is still under way or could not be removed, 2 wrong usage.
`

export const forget: Subcommand = { help: HELP, run }

function readCommandLine(words: readonly string[]) {
  const { values, positionals } = readWords('forget', words, {
    yes: { type: 'boolean', default: false },
    by: { type: 'string', default: userInfo().username },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const [number, second] = positionals
  if (number === undefined || number === '') throw wrongUsage('forget', 'a number is missing')
  if (second !== undefined) throw wrongUsage('forget', `${visible(second)} is a second number; one at a time`)
  return { ...values, number }
}
type ForgetCommand = ReturnType<typeof readCommandLine>

/** What was removed, or would be. */
interface Report {
  number: string
  done: boolean
  receptions: number
  transmissions: number
  objectVersions: number
  underWay: string[]
  outOfReach: Record<string, number>
}

async function run(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words)
  const report = await withGateway('forget', command, async (gateway) => {
    const known = await find(gateway, command.number)
    const objectVersions = command.yes ? await remove(gateway, known, command) : 0
    return reportOf(known, command, objectVersions)
  })
  process.stdout.write(command.json ? `${JSON.stringify(report)}\n` : describe(report))
  return report.underWay.length === 0 ? EXIT_CODES.done : EXIT_CODES.someFailed
}

async function find({ ledger, askLedger }: Gateway, number: string): Promise<Known> {
  return sortOut(
    await all(ledger.faxesOfNumber(number, 'source')),
    await all(makeTransmissionQueries(askLedger).to(number)),
  )
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

/** Files first: as long as the ledger has the number, another run finds what one that was cut off left behind. */
async function remove(gateway: Gateway, known: Known, { number, by }: ForgetCommand): Promise<number> {
  const { forgetting, readTable } = gateway
  const { receptions, transmissions } = known
  const at = new Date().toISOString()
  const { sites } = await readTable()
  let objectVersions = 0
  const removeAll = async (prefixes: readonly string[]) => {
    for (const prefix of prefixes) objectVersions += await forgetting.removeVersions(prefix)
  }
  for (const entry of receptions) {
    await removeAll(prefixesOfReception(entry, sites))
    for (const delivery of entry.deliveries) await forgetting.change(forgetWords(delivery))
    await forgetting.change(forgetCaller(entry.fax, at))
  }
  for (const transmission of transmissions) {
    await removeAll(prefixesOfTransmission(transmission))
    await forgetting.change(forgetCalled(transmission))
  }
  const counts = { receptions: receptions.length, transmissions: transmissions.length, objectVersions }
  await forgetting.writeDown(forgetNote(at, { number: maskNumber(number), by, ...counts }))
  return objectVersions
}

function reportOf(known: Known, { number, yes }: ForgetCommand, objectVersions: number): Report {
  const { receptions, transmissions, underWay } = known
  return {
    number,
    done: yes,
    receptions: receptions.length,
    transmissions: transmissions.length,
    objectVersions,
    underWay,
    outOfReach: Object.fromEntries(outOfReach(receptions)),
  }
}

function describe(report: Report): string {
  const { number, done, receptions, transmissions, objectVersions, underWay } = report
  const faxes = `${count(receptions, 'fax', 'faxes')} from ${visible(number)} and ${transmissions} to it`
  const backends = Object.entries(report.outOfReach)
  return [
    done
      ? `Forgotten: ${faxes}; ${count(objectVersions, 'file or version', 'files and versions')} removed.`
      : `Would be forgotten: ${faxes}. With --yes they are.`,
    ...underWay.map((id) => `Still under way, and not forgotten: ${id}`),
    ...(backends.length === 0 ? [] : ['Out of reach, at the backends that these were delivered to:']),
    ...backends.map(([backend, faxes]) => `  ${visible(backend)}: ${count(faxes, 'fax', 'faxes')}`),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
