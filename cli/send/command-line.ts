import * as z from 'zod'
import { siteSchema } from '../../shared/object-keys.ts'
import { bareNumber } from '../../shared/transmission/judge-number.ts'
import {
  describeIssues,
  LONGEST_HEADER,
  MOST_NOTICES,
  MOST_RECIPIENTS,
  type SendRequest,
  sendRequestSchema,
} from '../../shared/transmission/send-request.ts'
import { RESOLUTIONS } from '../../shared/transmission/transmit-job.ts'
import { visible } from '../../shared/visible.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { readWords, wrongUsage } from '../words.ts'
import { readTime } from './at-time.ts'

export const HELP = `Sends a PDF as a fax.

Usage: faxlane send --to N[,N] [OPTIONS] FILE.pdf...

Several files are one fax, in their order; - is the standard input. Several numbers are several faxes.

  --to N[,N]           the numbers, as people write them
  --outbound NAME      by the section [outbound_NAME] of the routing table ([outbound], or the only one of the site)
  --site S             by the PBX of this site (that of the section)
  --from N             shows this number as the caller's, one of caller_id of the section (its first)
  --header TEXT        the sender's name in the line above each page
  --resolution R       ${RESOLUTIONS.join(', ')} (that of the section)
  --at TIME            not before: 21:30, 2026-11-26 08:00, +2h
  --notify A[,A]       mails these addresses how it ended
  --wait               stays until all of them have ended, and says how they go on
  --json               a JSON object for each fax, a line each: with --wait the whole record at its end
  --help               this text
${GATEWAY_HELP}
Exit code: 0 all of them sent (without --wait: taken), 1 one of them not, or the gateway can't be asked, 2 wrong usage.
`

export interface SendCommand {
  files: readonly string[]
  site: string | undefined
  request: SendRequest
  wait: boolean
  json: boolean
  choice: { stack?: string | undefined; home?: string | undefined }
}

/** Throws WrongUsage. */
export function readCommandLine(words: readonly string[], now: Date): SendCommand {
  const { values, positionals } = readWords('send', words, {
    to: { type: 'string', multiple: true },
    outbound: { type: 'string' },
    site: { type: 'string' },
    from: { type: 'string' },
    header: { type: 'string' },
    resolution: { type: 'string' },
    at: { type: 'string' },
    notify: { type: 'string', multiple: true },
    wait: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const to = listOf(values.to)
  if (to.length === 0) throw wrong('--to is missing')
  if (positionals.length === 0) throw wrong('a PDF is missing')
  const strange = to.find((number) => bareNumber(number) === undefined)
  if (strange !== undefined) throw wrong(`--to ${visible(strange)} is no number`)
  if (values.site !== undefined && !siteSchema.safeParse(values.site).success) {
    throw wrong(`--site ${visible(values.site)} is no site`)
  }
  const { outbound, from, header, resolution, at, site, wait, json, stack, home } = values
  const notify = listOf(values.notify)
  const problem = problemWith({ to, notify, header, resolution })
  if (problem !== undefined) throw wrong(problem)
  const parsed = sendRequestSchema.safeParse({
    to,
    ...withoutUndefined({ outbound, from, header, resolution }),
    ...(at === undefined ? {} : { at: timeNamed(at, now).toISOString() }),
    ...(notify.length === 0 ? {} : { notify }),
  })
  if (!parsed.success) throw wrong(visible(describeIssues(parsed.error, (name) => `--${name}`)))
  return { files: positionals, site, request: parsed.data, wait, json, choice: { stack, home } }
}

/** In the words of the command; the schema of a request says it in those of its library. */
function problemWith({
  to,
  notify,
  header = '',
  resolution,
}: {
  to: readonly string[]
  notify: readonly string[]
  header: string | undefined
  resolution: string | undefined
}): string | undefined {
  if (to.length > MOST_RECIPIENTS) return `--to has ${to.length} numbers; at most ${MOST_RECIPIENTS}`
  const address = notify.find((one) => !z.email().safeParse(one).success)
  if (address !== undefined) return `--notify ${visible(address)} is no mail address`
  if (notify.length > MOST_NOTICES) return `--notify has ${notify.length} addresses; at most ${MOST_NOTICES}`
  if (header.length > LONGEST_HEADER)
    return `--header has ${header.length} characters; at most ${LONGEST_HEADER}`
  const isKnown = resolution === undefined || RESOLUTIONS.some((one) => one === resolution)
  return isKnown ? undefined : `--resolution ${visible(resolution)} is none: ${RESOLUTIONS.join(', ')}`
}

function listOf(values: readonly string[] = []): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function timeNamed(word: string, now: Date): Date {
  const time = readTime(word, now)
  if (time === undefined) throw wrong(`--at ${visible(word)} is no time: 21:30, 2026-11-26 08:00, +2h`)
  return time
}

function withoutUndefined(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

const wrong = (what: string) => wrongUsage('send', what)
