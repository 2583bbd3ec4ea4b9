import { STANDINGS } from '../../shared/ledger/standing.ts'
import { TRANSMISSION_STANDINGS } from '../../shared/ledger/transmission-standing.ts'
import { LOOK_BACK_DAYS, type SweepReport, sweepReportSchema } from '../../shared/sweep-report.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { count } from '../faxes/amounts.ts'
import { dayOf, timeOf } from '../faxes/when.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { type Screen, standardOutput } from '../terminal/screen.ts'
import { wrap } from '../terminal/wrap.ts'
import { readWords, refuseWords, wrongUsage } from '../words.ts'

const HELP = `Compares what arrived with what is on record, now: as the gateway does each night. What was lost on the way is sent again.

Usage: faxlane sweep [--days N] [--json]

  --days N      look this far back (${LOOK_BACK_DAYS})
  --json        the report as one JSON object
  --help        this text
${GATEWAY_HELP}
It prints whether received = delivered + waiting + failed + refused + unrouted + missed, whether to be sent = sent + waiting + failed + refused +
canceled + unknown, what it put right, and what needs a person.

Exit code: 0 it adds up, and nothing needs a person; 1 something does, or the gateway can't be asked, 2 wrong usage.
`

export const sweep: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('sweep', words, {
    days: { type: 'string', default: String(LOOK_BACK_DAYS) },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  refuseWords('sweep', positionals)
  const days = Number(values.days)
  if (!/^\d{1,3}$/.test(values.days) || days < 1 || days > 400) {
    throw wrongUsage('sweep', `--days ${visible(values.days)} is no whole number from 1 to 400`)
  }
  const report = await withGateway('sweep', values, async ({ invoke, names }) =>
    sweepReportSchema.parse(await invoke(names.function('sweep'), { days })),
  )
  const screen = standardOutput()
  screen.write(values.json ? `${visibleJson(report)}\n` : describe(screen, report))
  const holds = report.holds && report.toBeSent.holds
  return holds && report.findingsCount === 0 ? EXIT_CODES.done : EXIT_CODES.someFailed
}

function describe(screen: Pick<Screen, 'columns' | 'paint'>, report: SweepReport): string {
  const { from, to, received, counts, holds, toBeSent } = report
  const { repaired, repairedCount, findings, findingsCount } = report
  const [since, until] = [new Date(from), new Date(to)]
  return [
    `From ${dayOf(since)} ${timeOf(since)} to ${dayOf(until)} ${timeOf(until)}`,
    ...equation(
      screen,
      `${received} received`,
      holds,
      STANDINGS.map((one) => [one, counts[one] ?? 0]),
    ),
    ...equation(
      screen,
      `${toBeSent.taken} to be sent`,
      toBeSent.holds,
      TRANSMISSION_STANDINGS.map((one) => [one, toBeSent.counts[one] ?? 0]),
    ),
    ...section(screen, `${count(repairedCount, 'thing')} put right`, repaired, repairedCount),
    ...section(screen, `${count(findingsCount, 'thing')} for a person`, findings, findingsCount),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** Those are always said; the others where there are any. */
const ALWAYS: ReadonlySet<string> = new Set(['delivered', 'sent', 'waiting', 'failed', 'refused'])

function equation(
  { columns, paint }: Pick<Screen, 'columns' | 'paint'>,
  whole: string,
  holds: boolean,
  parts: readonly [standing: string, count: number][],
): string[] {
  const said = parts.filter(([standing, number]) => ALWAYS.has(standing) || number > 0)
  const sum = said.map(([standing, number]) => `${number} ${standing}`).join(' + ')
  return wrap(`${whole} ${holds ? '=' : '≠'} ${sum}`, columns).map((line) =>
    paint(holds ? 'green' : 'red', line),
  )
}

function section(
  { columns, paint }: Pick<Screen, 'columns' | 'paint'>,
  title: string,
  found: SweepReport['findings'],
  all: number,
): string[] {
  if (all === 0) return []
  const lines = found.flatMap(({ faxId, key, what }) => {
    const subject = faxId ?? key
    const said = visible(subject === undefined ? what : `${subject}: ${what}`)
    return wrap(said, columns - 2).map((line) => `  ${line}`)
  })
  const more = all > found.length ? [`  and ${all - found.length} more`] : []
  return ['', paint('bold', title), ...lines, ...more]
}
