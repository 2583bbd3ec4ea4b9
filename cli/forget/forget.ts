import { userInfo } from 'node:os'
import { deadLettersOf } from '../../shared/deployment-names.ts'
import {
  forgetNote,
  forgetNoticeWords,
  forgetReception,
  forgetTransmission,
  forgetWords,
} from '../../shared/ledger/forgotten.ts'
import { maskNumber } from '../../shared/mask.ts'
import { retentionOf } from '../../shared/routing-table/deployed-table.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS, isNamed } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { readWords, wrongUsage } from '../words.ts'
import { countReceivedOn, findKnown } from './find-known.ts'
import { describe, type ForgetReport, rolesOf } from './report.ts'
import { filesOfReception, filesOfTransmission, type Known, outOfReach } from './what-is-known.ts'

const HELP = `Removes what a request for data protection asks for: the faxes that came from a number and those that were sent to it, with
every version of their files, and the number in the ledger. That there was a fax, when, and what became of it, stays.

Usage: faxlane forget NUMBER [--own] [--yes] [--by NAME] [--json]

  --own         the number is one of ours, such as the direct line of somebody who left: the faxes that were received on it and
                those that were sent with it as the caller's number as well
  --yes         do it, on the gateway that --stack or --home names, or FAXLANE_STACK or FAXLANE_HOME; without this it only says what would go
  --by NAME     who asked for it or does it, for the note in the ledger (the user of this machine)
  --json        what was found, or removed, as one JSON object
  --help        this text
${GATEWAY_HELP}
NUMBER is written as the PBX gives it (faxlane list --number). What is under way has to end first, and so have other numbers' faxes of
the same document: it goes for all of them, and their pages as they were sent stay. Out of reach is what was mailed, printed, put on
FTP servers and written to fax logs: the command says which backends have something. So is what the PBX has on its own journal. Links
in mails end after 30 days, messages in queues after 14, backups of the ledger after 35.

Exit code: 0 all that there was is forgotten (without --yes: could be), 1 something is still under way or could not be removed, 2 wrong usage.
`

export const forget: Subcommand = { help: HELP, run }

function readCommandLine(words: readonly string[]) {
  const { values, positionals } = readWords('forget', words, {
    own: { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    by: { type: 'string', default: userInfo().username },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const [number, second] = positionals
  if (number === undefined || number === '') throw wrongUsage('forget', 'a number is missing')
  if (second !== undefined) throw wrongUsage('forget', `${visible(second)} is a second number; one at a time`)
  if (values.yes && !isNamed(values, process.env)) {
    throw wrongUsage(
      'forget',
      '--yes wants to know of which gateway: --stack NAME, or --home DIR for one on this machine',
    )
  }
  return { ...values, number }
}
type ForgetCommand = ReturnType<typeof readCommandLine>

async function run(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words)
  const report = await withGateway('forget', command, async (gateway) => {
    const known = await find(gateway, command)
    const objectVersions = command.yes ? await remove(gateway, known, command) : 0
    return reportOf(gateway, command, { known, objectVersions })
  })
  process.stdout.write(command.json ? `${visibleJson(report)}\n` : describe(report))
  return report.underWay.length === 0 ? EXIT_CODES.done : EXIT_CODES.someFailed
}

async function find(gateway: Gateway, { number, own }: ForgetCommand): Promise<Known> {
  const ownDays = own ? daysOfLedger(retentionOf(await gateway.readTable()).ledgerDays, new Date()) : []
  const isWatched = process.stderr.isTTY
  const known = await findKnown(gateway, { number, ownDays }, (days) => {
    if (isWatched) process.stderr.write(`\rlooked through ${days} of ${ownDays.length} days`)
  })
  if (isWatched && own) process.stderr.write('\n')
  return known
}

const DAY_MILLISECONDS = 86_400_000

/** YYYY-MM-DD in UTC, newest first. */
function daysOfLedger(days: number, now: Date): string[] {
  const dayBefore = (days: number) => new Date(now.getTime() - days * DAY_MILLISECONDS)
  // The clock of who sent may have been ahead.
  return Array.from({ length: days + 2 }, (_, index) =>
    dayBefore(index - 1)
      .toISOString()
      .slice(0, 10),
  )
}

/** Files first: as long as the ledger has the number, another run finds what one that was cut off left behind. */
async function remove(gateway: Gateway, known: Known, { number, by }: ForgetCommand): Promise<number> {
  const { forgetting, readTable } = gateway
  const { receptions, transmissions } = known
  const at = new Date().toISOString()
  const { sites } = await readTable()
  let objectVersions = 0
  for (const reception of receptions) {
    for (const files of filesOfReception(reception, sites))
      objectVersions += await forgetting.removeVersions(files)
    const { fax, deliveries } = reception.entry
    for (const delivery of deliveries) await forgetting.change(forgetWords(delivery))
    await forgetting.change(forgetReception(fax, reception.role, at))
  }
  for (const transmission of transmissions) {
    for (const files of filesOfTransmission(transmission))
      objectVersions += await forgetting.removeVersions(files)
    for (const notice of transmission.notices) await forgetting.change(forgetNoticeWords(notice))
    await forgetting.change(forgetTransmission(transmission.record, transmission.role, at))
  }
  const counts = { receptions: receptions.length, transmissions: transmissions.length, objectVersions }
  await forgetting.writeDown(forgetNote(at, { number: maskNumber(number), by, ...counts }))
  return objectVersions
}

async function reportOf(
  gateway: Gateway,
  { number, yes, own }: ForgetCommand,
  { known, objectVersions }: { known: Known; objectVersions: number },
): Promise<ForgetReport> {
  return {
    gateway: gateway.title,
    number,
    done: yes,
    receptions: known.receptions.length,
    transmissions: known.transmissions.length,
    roles: rolesOf(known),
    objectVersions,
    underWay: known.underWay,
    receivedOnIt: own ? 0 : await countReceivedOn(gateway, number),
    outOfReach: Object.fromEntries(outOfReach(known)),
    deadLetters: await countDeadLetters(gateway),
  }
}

async function countDeadLetters({ queues }: Gateway): Promise<number> {
  const depths = await queues.depths()
  return depths
    .filter(({ queue }) => depths.some((other) => deadLettersOf(other.queue) === queue))
    .reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0)
}
