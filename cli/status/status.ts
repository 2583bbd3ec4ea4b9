import { MENDABLE_DAYS, SEEN_DAYS } from '../../shared/ledger/concerns.ts'
import { visibleJson } from '../../shared/visible.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { standardOutput } from '../terminal/screen.ts'
import { readWords, refuseWords } from '../words.ts'
import { describe } from './describe.ts'
import { readHealth } from './health.ts'

const HELP = `Says how the gateway is: the last hour, what is under way, queues and dead letters, the agents on site, and what calls for somebody.

Usage: faxlane status [--json]

  --json        the same as one JSON object
  --help        this text
${GATEWAY_HELP}
A fax that was not delivered, came back or has no section calls until it is mended, for ${MENDABLE_DAYS} days at most; one that could not be converted, came incomplete
or damaged, or could not be sent, for ${SEEN_DAYS} days. Lists have those that are older too.

Exit code: 0 nothing calls for anybody, 1 something does, or the gateway can't be asked, 2 wrong usage.
`

export const status: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('status', words, {
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  refuseWords('status', positionals)
  const now = new Date()
  const health = await withGateway('status', values, (gateway) => readHealth(gateway, now))
  const screen = standardOutput()
  screen.write(values.json ? `${visibleJson(health)}\n` : describe(screen, health, now))
  return health.concerns.length === 0 ? EXIT_CODES.done : EXIT_CODES.someFailed
}
