import { randomUUID } from 'node:crypto'
import type { Facts } from '../../shared/facts.ts'
import { LARGEST_TIFF_BYTES } from '../../shared/largest-tiff.ts'
import type { DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { DIALLED_NUMBER } from '../../shared/routing-table/sections/number.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { sizeInWords } from '../faxes/amounts.ts'
import { readInput } from '../files.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { CommandFailed, EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { loadTable } from '../table-file.ts'
import { standardOutput } from '../terminal/screen.ts'
import { readWords, wrongUsage } from '../words.ts'
import { simulateHere } from './offline.ts'
import { describe, type SimulationReport } from './report.ts'

const HELP = `Tries what would become of a fax: the TIFF goes the whole way through the gateway, and a report takes the place of its deliveries.

Usage: faxlane simulate FILE.tif --to NUMBER [--from NUMBER] [--site SITE] [--json]
       faxlane simulate FILE.tif --to NUMBER --table FILE

  --to NUMBER   the number dialled
  --from NUMBER the caller's number (withheld)
  --site SITE   the site that receives it (the first of the table)
  --table FILE  by this routing table and in this process, with the conversion and the routing of the gateway; nothing is uploaded
  --json        the report as one JSON object
  --help        this text
${GATEWAY_HELP}
The fax is on the ledger as simulated, with its TIFF and its PDF, for as long as any other. It is not counted, nobody is told of it, and
nothing of it can be delivered later.

Exit code: 0 it would be sent on its way, 1 it would be delivered to nobody, or it could not be tried, 2 wrong usage.
`

export const simulate: Subcommand = { help: HELP, run }

function readCommandLine(words: readonly string[]) {
  const { values, positionals } = readWords('simulate', words, {
    to: { type: 'string' },
    from: { type: 'string' },
    site: { type: 'string' },
    table: { type: 'string' },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const [file, second] = positionals
  if (file === undefined) throw wrong('a TIFF is missing')
  if (second !== undefined) throw wrong(`${visible(second)} is a second TIFF; one at a time`)
  const { to, from, table, stack, home } = values
  if (to === undefined) throw wrong('the number dialled is missing: --to NUMBER')
  for (const number of [to, ...(from === undefined ? [] : [from])]) {
    if (!DIALLED_NUMBER.test(number))
      throw wrong(`${visible(number)} is no number: digits, * and #, with or without a + in front`)
  }
  if (table !== undefined && (stack ?? home) !== undefined)
    throw wrong('--table asks no gateway, and --stack or --home names one: one of them')
  return { ...values, file, to }
}
type SimulateCommand = ReturnType<typeof readCommandLine>

async function run(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words)
  const tiff = await readInput(command.file)
  if (tiff.length === 0)
    throw new CommandFailed(`${visible(command.file)} is empty: a call of which no page came is no fax.`)
  if (tiff.length > LARGEST_TIFF_BYTES) {
    throw new CommandFailed(
      `${visible(command.file)} has ${sizeInWords(tiff.length)}; a fax has ${sizeInWords(LARGEST_TIFF_BYTES)} at most.`,
    )
  }
  const report = await tryIt(command, tiff)
  const screen = standardOutput()
  screen.write(command.json ? `${visibleJson(report)}\n` : describe(screen, report))
  return report.reason === undefined ? EXIT_CODES.done : EXIT_CODES.someFailed
}

async function tryIt(command: SimulateCommand, tiff: Uint8Array): Promise<SimulationReport> {
  const trial = { tiff, number: command.to, facts: factsOf(command) }
  if (command.table !== undefined) {
    const table = loadTable(command.table)
    return simulateHere({ table, source: command.table }, { ...trial, site: siteOf(table, command.site) })
  }
  const [{ withGateway }, { simulateThere }] = await Promise.all([
    import('../gateway/with-gateway.ts'),
    import('./online.ts'),
  ])
  return withGateway('simulate', command, async (gateway) => {
    const table = await gateway.readTable()
    return simulateThere(gateway, table, { ...trial, site: siteOf(table, command.site) })
  })
}

function factsOf({ to, from }: SimulateCommand): Facts {
  return {
    destination: to,
    ...(from === undefined ? {} : { source: from }),
    // Of its own each time, so that the same file tried twice is two faxes.
    callId: `simulated-${randomUUID()}`,
    receivedAt: new Date().toISOString(),
  }
}

function siteOf({ sites }: DeployedTable, wanted: string | undefined): string {
  const site = wanted ?? sites[0]
  if (site !== undefined && sites.includes(site)) return site
  throw new CommandFailed(`the table has no site ${visible(site ?? '')}; there is ${sites.join(', ')}.`)
}

const wrong = (what: string) => wrongUsage('simulate', what)
