import { factsSchema } from '../../shared/facts.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { EXIT_CODES, type Output, type Subcommand, type Words, WrongUsage } from '../daemon/command-line.ts'
import { configFileOf } from '../daemon/daemon-program.ts'
import { loadConfig } from '../daemon/read-config.ts'
import { CONFIG_FILE, EDGE_OPTIONS, SECTION } from './edge-config.ts'
import { submitFax } from './submit-fax.ts'

const HELP = `Usage: faxlane-edge submit --from NUMBER --to NUMBER [OPTIONS] FILE

Hands a received fax to the agent: for HylaFAX's faxrcvd, FreeSWITCH and scripts. Ends with exit code 0 when a copy of FILE is safe
on disk in the spool, and the agent uploads it from there, now or when there is a network again. With any other exit code nothing
was taken: keep the file and try again.

  --from=NUMBER       the caller's number; leave it out when it was withheld
  --to=NUMBER         the number dialled, by which the fax is routed
  --name=NAME         the caller's name
  --station-id=ID     what the caller's machine called itself (TSI)
  --call-id=ID        the call's name at the PBX
  --error=TEXT        the reception broke off, and what the PBX says of it; what came of the fax is delivered, and says so
  --received-at=TIME  when the reception ended, ISO 8601 in UTC (now)
  --config=FILE       ${CONFIG_FILE}
  --json              the answer as JSON

Scripts write the = and put -- before FILE: a caller may call itself -x.

Two submissions are two faxes. With the same --call-id and --received-at, the same file is the same fax, however often it is
submitted.
`

const text = { type: 'string' } as const

export function submitCommand({ out, err }: Output): Subcommand {
  return {
    summary: 'hands a received fax over, and ends when it is safe',
    help: HELP,
    options: {
      from: text,
      to: text,
      name: text,
      'station-id': text,
      'call-id': text,
      error: text,
      'received-at': text,
      config: text,
      json: { type: 'boolean' },
    },
    takes: [1, 1],
    run: async (words) => {
      const { facts, file, isJson } = submissionOf(words, new Date())
      const config = await loadConfig(configFileOf(words, CONFIG_FILE), SECTION, EDGE_OPTIONS)
      const { spool, largestMegabytes } = config
      try {
        const name = await submitFax({ spool, largestBytes: largestMegabytes * 1e6 }, { file, facts })
        out(isJson ? `${visibleJson({ submitted: name, spool })}\n` : `${name}\n`)
        return EXIT_CODES.done
      } catch (error) {
        // The PBX may have named the file after its caller.
        err(`faxlane-edge: not submitted: ${visible((error as Error).message)}\n`)
        return EXIT_CODES.refused
      }
    },
  }
}

function submissionOf({ options, rest: [file = ''] }: Words, now: Date) {
  const option = (name: string) => {
    const value = options[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  if (option('to') === undefined)
    throw new WrongUsage('--to is missing: the number that was dialled, by which the fax is routed.')
  const facts = factsSchema.safeParse({
    source: option('from'),
    sourceName: option('name'),
    destination: option('to'),
    stationId: option('station-id'),
    // As Asterisk says it (FAXOPT(status)); an empty --error is none, so that a hook can always write it.
    status: option('error') === undefined ? 'SUCCESS' : 'FAILED',
    error: option('error'),
    callId: option('call-id'),
    receivedAt: option('received-at') ?? now.toISOString(),
  })
  if (!facts.success) throw new WrongUsage('--received-at is ISO 8601 in UTC, as 2026-11-23T08:00:00Z.')
  return { file, facts: facts.data, isJson: options.json === true }
}
