import type { Backend } from '../../shared/routing-table/deployed-table.ts'
import { DIALLED_NUMBER } from '../../shared/routing-table/sections/number.ts'
import { templateSource } from '../../shared/routing-table/template.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { DEPLOYED_OPTION, readTableOf } from '../gateway/deployed-table.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { DEFAULT_TABLE_FILE } from '../table-file.ts'
import { standardOutput } from '../terminal/screen.ts'
import { readWords, wrongUsage } from '../words.ts'
import { describe } from './describe.ts'
import { type Explanation, explain as explainNumber } from './explanation.ts'
import { pbxSidesOf } from './pbx-side.ts'

const HELP = `Says what would happen to a fax for a number: which backends it goes to, why, and how the PBX
treats the number.

Usage: faxlane explain NUMBER [--table FILE | --deployed] [--json]

  --table FILE  the routing table (${DEFAULT_TABLE_FILE})
  --deployed    the table that a gateway routes by now; so does --stack or --home
  --json        the same as one JSON object
  --help        this text
${GATEWAY_HELP}
NUMBER is written as the PBX hands it over. Nothing is delivered; with a file, no gateway is asked.

Exit code: 0 the number has a route, 1 it is unrouted or the table can't be used, 2 wrong usage.
`

export const explain: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('explain', words, {
    table: { type: 'string' },
    ...DEPLOYED_OPTION,
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const number = readNumber(positionals)
  const { table, pbx, source } = await readTableOf('explain', { file: values.table, ...values })
  const explanation = explainNumber(table, number)
  const pbxSides = pbx === undefined ? [] : pbxSidesOf(pbx, number)
  const screen = standardOutput()
  screen.write(
    values.json
      ? `${visibleJson({ ...asJson(explanation), pbx: pbxSides })}\n`
      : describe(screen, explanation, { source, pbxSides }),
  )
  return explanation.by === 'unrouted' ? EXIT_CODES.someFailed : EXIT_CODES.done
}

function readNumber([number, second]: readonly string[]): string {
  if (number === undefined) throw wrongUsage('explain', 'a number is missing')
  if (second !== undefined)
    throw wrongUsage('explain', `${visible(second)} is a second number; one at a time`)
  if (DIALLED_NUMBER.test(number)) return number
  throw wrongUsage(
    'explain',
    `${visible(number)} is no number: digits, * and #, with or without a + in front`,
  )
}

/** Templates as the table's file has them. */
function asJson({ deliveries, ...explanation }: Explanation): object {
  return {
    ...explanation,
    deliveries: deliveries.map(({ backend, recipients }) => ({ ...withSources(backend), recipients })),
  }
}

function withSources(backend: Backend): object {
  switch (backend.kind) {
    case 'mail':
      return { ...backend, subject: templateSource(backend.subject), body: templateSource(backend.body) }
    case 'log':
      return { ...backend, message: templateSource(backend.message) }
    case 'ftp':
    case 'printer':
      return backend
  }
}
