import { visible, visibleJson } from '../../shared/visible.ts'
import { readDeployedTable } from '../gateway/deployed-table.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { DEFAULT_TABLE_FILE, loadTable } from '../table-file.ts'
import { standardOutput } from '../terminal/screen.ts'
import { readWords, wrongUsage } from '../words.ts'
import { describe } from './describe.ts'
import { diffTables, isEmpty } from './table-diff.ts'

const HELP = `Says what a routing table would change in the place of another: which numbers lose or gain which backends and recipients.

Usage: faxlane diff [FILE] [--against OLD] [--exit-code] [--json]

  FILE            the table that is to be deployed (${DEFAULT_TABLE_FILE})
  --against OLD   the file of the table that it would replace (without it: the table that a gateway routes by now)
  --exit-code     1 where anything changes
  --json          the same as one JSON object
  --help          this text
${GATEWAY_HELP}
A number is compared by what it gets in the end: one that loses its section and gets the same by dstnum_default does not change.

Exit code: 0 compared, 1 a table can't be used (with --exit-code: or something changes), 2 wrong usage.
`

export const diff: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('diff', words, {
    against: { type: 'string' },
    'exit-code': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const [file = DEFAULT_TABLE_FILE, second] = positionals
  if (second !== undefined)
    throw wrongUsage('diff', `${visible(second)} is a second table; the old one goes with --against`)
  if (values.against !== undefined && (values.stack ?? values.home) !== undefined) {
    throw wrongUsage(
      'diff',
      '--against names the old table, and --stack or --home a gateway that has it: one of them',
    )
  }
  // First the file: one with a mistake needs no gateway.
  const after = loadTable(file)
  const before =
    values.against === undefined ? (await readDeployedTable('diff', values)).table : loadTable(values.against)
  const found = diffTables(before, after)
  const screen = standardOutput()
  screen.write(values.json ? `${visibleJson(found)}\n` : describe(screen, found))
  return values['exit-code'] && !isEmpty(found) ? EXIT_CODES.someFailed : EXIT_CODES.done
}
