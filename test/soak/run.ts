import process from 'node:process'
import { parseArgs } from 'node:util'
import { type SoakResult, soak } from './soak.ts'

const USAGE = `npm run soak -- [--faxes N] [--calm]

Sends N faxes (5000) through the gateway on this machine, while a tenth of the deliveries go to servers that are down, events and messages
are repeated, and a function is killed every other second; then counts what was received, what is on record and what arrived.
--calm   kills and repeats nothing: the rate of an undisturbed gateway
Exit code 0 when the count holds, 1 when it does not, 2 for arguments that are not understood.`

const KILL_EVERY_SECONDS = 2

async function main(): Promise<number> {
  const { faxes, calm, help } = parse()
  if (help) return tell(USAGE, 0)
  if (!Number.isSafeInteger(faxes) || faxes < 1)
    return tell(`--faxes is a whole number from 1.\n\n${USAGE}`, 2)
  const result = await soak({
    faxes,
    killEverySeconds: calm ? undefined : KILL_EVERY_SECONDS,
    tell: (text) => console.error(`  ${text}`),
  })
  console.log(describe(faxes, result))
  return problemsOf(faxes, result).length === 0 ? 0 : 1
}

function parse(): { faxes: number; calm: boolean; help: boolean } {
  const options = { faxes: { type: 'string' }, calm: { type: 'boolean' }, help: { type: 'boolean' } } as const
  try {
    const { values } = parseArgs({ options })
    return { faxes: Number(values.faxes ?? 5000), calm: values.calm === true, help: values.help === true }
  } catch {
    return { faxes: Number.NaN, calm: false, help: false }
  }
}

function tell(text: string, exitCode: number): number {
  console.log(text)
  return exitCode
}

function describe(faxes: number, result: SoakResult): string {
  const { seconds, kills, repeatedEvents, repeatedDeliveries, sweep, arrived } = result
  const counts = Object.entries(sweep.counts).map(([standing, count]) => `${count} ${standing}`)
  const problems = problemsOf(faxes, result)
  return [
    `${faxes} faxes in ${seconds.toFixed(1)} s: ${(faxes / seconds).toFixed(1)} a second, end to end`,
    `${kills} functions killed, ${repeatedEvents} events and ${repeatedDeliveries} delivery messages sent again`,
    `received ${sweep.received} = ${counts.join(' + ')}`,
    `arrived: ${arrived.mails} mails (${arrived.markedDuplicates} of them marked as possible duplicates), ${arrived.files} files by FTP, ` +
      `${arrived.prints} printed, ${arrived.logLines} log lines (${arrived.repeatedLogLines} repeated)`,
    ...problems.slice(0, 20).map((problem) => `WRONG: ${problem}`),
    problems.length === 0 ? 'The count holds.' : `The count does not hold: ${problems.length} problems.`,
  ].join('\n')
}

function problemsOf(faxes: number, { sweep, arrived }: SoakResult): string[] {
  const { received, holds, counts, findings, repaired } = sweep
  return [
    ...(received === faxes ? [] : [`${faxes} faxes were uploaded, and ${received} were found`]),
    ...(holds ? [] : ['what was received is not the sum of what became of it']),
    ...(counts.waiting === 0 ? [] : [`${counts.waiting} faxes are still under way`]),
    ...(counts.refused + counts.unrouted + counts.missed === 0
      ? []
      : ['faxes were refused, unrouted or missed']),
    ...[...findings, ...repaired].map(({ faxId = '', what }) => `${faxId} ${what}`),
    ...arrived.wrong,
  ]
}

// What is left of the gateway (sockets that wait for a function which was killed) must not keep a finished run.
process.exit(await main())
