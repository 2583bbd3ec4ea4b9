import { parseArgs } from 'node:util'

export interface CommandLine {
  /** Receive the files, wait for their deliveries, exit. Else the gateway stays up. */
  once: boolean
  /** Empty: the samples that ship with the project. */
  files: string[]
  from: string
  to: string
  /** The call broke off, and what the PBX says of it. */
  error: string | undefined
  /** Undefined: .faxlane in the project's folder. */
  homeFolder: string | undefined
  /** Undefined: config/fax.conf of the project. */
  config: string | undefined
  json: boolean
  realTime: boolean
  /** Faxes to be sent go to a played telephone; else they wait for an edge agent. */
  modems: boolean
}

export const EXIT_CODES = { allDelivered: 0, someFailed: 1, usage: 2, noStart: 3 } as const

export const HELP = `Runs the whole gateway on this machine, as a deployment would, on 127.0.0.1 alone.

Usage: npm start [-- OPTIONS]
       npm start -- --once [FILE.tif ...] [OPTIONS]

Without --once the sample faxes are received and the gateway stays up until Ctrl-C.
With --once the files (none: the samples) are received, and the command ends when every delivery has. Where a
gateway already runs on the same folder, they go to that one.

  --from NUMBER   the caller's number (0478123456)
  --to NUMBER     the number dialled, which decides what happens to the fax (100)
  --error TEXT    the call broke off, and what the PBX says of it
  --config FILE   the routing table (config/fax.conf)
  --home DIR      where the gateway keeps its state (.faxlane)
  --json          one JSON object a line, an event each, and a summary at the end
  --real-time     wait as long between attempts as a deployment does; else a minute takes a second
  --no-modem      faxes to be sent wait for an edge agent of yours; else a played telephone takes them
  --help          this text

Exit code: 0 all was delivered, 1 something failed, 2 wrong usage, 3 the gateway could not start.
`

/** Words that are no option, an option without its value, or files without --once. */
export class WrongUsage extends Error {}

/** Undefined when the help was asked for. Throws {@link WrongUsage}. */
export function readCommandLine(words: readonly string[]): CommandLine | undefined {
  const { values, positionals } = parse(words)
  if (values.help) return undefined
  if (positionals.length > 0 && !values.once) {
    throw new WrongUsage(
      `${positionals[0]} is a file to receive, which goes with --once. See npm start -- --help.`,
    )
  }
  return {
    once: values.once,
    files: positionals,
    from: number('--from', values.from),
    to: number('--to', values.to),
    error: values.error,
    homeFolder: values.home,
    config: values.config,
    json: values.json,
    realTime: values['real-time'],
    modems: !values['no-modem'],
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        once: { type: 'boolean', default: false },
        from: { type: 'string', default: '0478123456' },
        to: { type: 'string', default: '100' },
        error: { type: 'string' },
        home: { type: 'string' },
        config: { type: 'string' },
        json: { type: 'boolean', default: false },
        'real-time': { type: 'boolean', default: false },
        'no-modem': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new WrongUsage(`${error instanceof Error ? error.message : error} See npm start -- --help.`)
  }
}

function number(option: string, value: string): string {
  if (/^\+?[0-9*#]{1,32}$/.test(value)) return value
  throw new WrongUsage(
    `${option} ${JSON.stringify(value)} is no number: digits, * and #, with a + in front or not.`,
  )
}
