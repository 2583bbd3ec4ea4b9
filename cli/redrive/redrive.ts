import { deadLettersOf } from '../../shared/deployment-names.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { count } from '../faxes/amounts.ts'
import { ago } from '../faxes/when.ts'
import type { DeadLetter, Gateway } from '../gateway/gateway.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { standardOutput } from '../terminal/screen.ts'
import { cutToWidth } from '../terminal/text-width.ts'
import { readWords, wrongUsage } from '../words.ts'

const HELP = `Sends the messages of dead-letter queues back to where they came from, once the cause is mended.

Usage: faxlane redrive [QUEUE ...] [--dry-run] [--json]

  QUEUE         only this one, with or without -dead behind it
  --dry-run     show what is in them, and leave it there
  --json        a JSON object for each queue, a line each
  --help        this text
${GATEWAY_HELP}
It may be done at any time: what was delivered meanwhile is not delivered again.

Exit code: 0 sent back, or all were empty; 1 the gateway can't be asked, 2 wrong usage.
`

export const redrive: Subcommand = { help: HELP, run }

interface Redriven {
  queue: string
  messages: number
  sentBack: boolean
  /** Some of them. */
  seen: DeadLetter[]
}

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('redrive', words, {
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const redriven = await withGateway('redrive', values, async (gateway) => {
    const filled = await filledDeadLetterQueues(gateway, positionals)
    return Promise.all(filled.map((one) => redriveOne(gateway, one, values['dry-run'])))
  })
  const screen = standardOutput()
  if (values.json) for (const one of redriven) screen.write(`${visibleJson(one)}\n`)
  else screen.write(describe(redriven, screen.columns, new Date()))
  return EXIT_CODES.done
}

interface Filled {
  queue: string
  messages: number
}

async function filledDeadLetterQueues({ queues }: Gateway, named: readonly string[]): Promise<Filled[]> {
  const depths = await queues.depths()
  const dead = depths.filter(({ queue }) => depths.some((other) => deadLettersOf(other.queue) === queue))
  const unknown = named.find((name) => !dead.some(({ queue }) => isNamed(queue, name)))
  if (unknown !== undefined) {
    throw wrongUsage(
      'redrive',
      `${visible(unknown)} is no dead-letter queue; there is ${dead.map(({ queue }) => queue).join(', ')}`,
    )
  }
  return dead
    .filter(({ queue }) => named.length === 0 || named.some((name) => isNamed(queue, name)))
    .map(({ queue, visible: now, inFlight, delayed }) => ({ queue, messages: now + inFlight + delayed }))
    .filter(({ messages }) => messages > 0)
}

function isNamed(queue: string, name: string): boolean {
  return queue === name || queue === deadLettersOf(name)
}

async function redriveOne(
  { queues }: Gateway,
  { queue, messages }: Filled,
  dryRun: boolean,
): Promise<Redriven> {
  const seen = await queues.peek(queue)
  if (!dryRun) await queues.redrive(queue)
  return { queue, messages, sentBack: !dryRun, seen }
}

function describe(redriven: readonly Redriven[], columns: number, now: Date): string {
  if (redriven.length === 0) return 'There are no dead letters.\n'
  const lines = redriven.flatMap(({ queue, messages, sentBack, seen }) => [
    `${queue}: ${count(messages, 'message')}${sentBack ? ', on the way back' : ''}`,
    ...(sentBack
      ? []
      : seen.map(({ body, sentAt }) =>
          cutToWidth(`  ${ago(sentAt, now).padStart(7)} old  ${visible(aboutMessage(body))}`, columns),
        )),
  ])
  return `${lines.join('\n')}\n`
}

/** Which fax and backend a message is about, or else its beginning: most of what is in it is of no interest here. */
function aboutMessage(body: string): string {
  const faxId =
    /"(?:faxId|id)":"(\d{8}T\d{6}Z-[0-9a-z]{12})"/.exec(body)?.[1] ??
    /(\d{8}T\d{6}Z-[0-9a-z]{12})\.tif/.exec(body)?.[1]
  const backend = /"backend":(?:"([^"]+)"|\{[^{}]*?"name":"([^"]+)")/.exec(body)
  const name = backend?.[1] ?? backend?.[2]
  if (faxId === undefined) return body
  return name === undefined ? faxId : `${faxId} to ${name}`
}
