import { type Concern, commandOf } from '../../shared/ledger/concerns.ts'
import { LATE_MINUTES } from '../../shared/ledger/heartbeat-record.ts'
import { MOST_OF_A_KIND } from './for-a-person.ts'
import type { AgentHealth, Health } from './health.ts'

/** What is said of one fax, and of several; both with the number in front. */
const WORDS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  'reception failed': ['fax was not delivered', 'faxes were not delivered'],
  'reception bounced': ['fax came back by mail', 'faxes came back by mail'],
  'reception unrouted': [
    'fax came for a number without a section',
    'faxes came for numbers without a section',
  ],
  'reception refused': ['file could not be converted', 'files could not be converted'],
  'reception damaged': ['fax came incomplete or damaged', 'faxes came incomplete or damaged'],
  'transmission failed': ['fax could not be sent', 'faxes could not be sent'],
  'transmission unknown': ['fax may have been sent or not', 'faxes may have been sent or not'],
  'transmission refused': [
    'fax was refused before it was dialled',
    'faxes were refused before they were dialled',
  ],
}

/** What calls for somebody, each with the command that tells more. */
export function concernsInWords({
  forAPerson,
  deadLetters,
  sites,
}: Pick<Health, 'forAPerson' | 'deadLetters' | 'sites'>): string[] {
  return [
    ...deadLetters.map(
      ({ queue, messages }) =>
        `${messages} in ${queue}: faxlane redrive --dry-run shows them, faxlane redrive sends them back`,
    ),
    ...stuckInWords(forAPerson.filter(({ concern }) => concern === 'stuck')),
    ...sites.flatMap(({ site, agents }) =>
      agents.flatMap((one) => (one.silent ? silence(site, one) : troubleAt(site, one))),
    ),
    ...Object.keys(WORDS).flatMap((kind) => ofKind(kind, forAPerson)),
  ]
}

const MOST_STUCK_NAMED = 5

function stuckInWords(stuck: readonly Concern[]): string[] {
  const named = stuck.slice(0, MOST_STUCK_NAMED).map(({ of, fax, backend, why = '' }) => {
    const next = of === 'transmission' ? `: faxlane show ${fax}` : ''
    return `${fax}${backend === undefined ? '' : ` to ${backend}`}: ${why}${next}`
  })
  const [next, ...others] = stuck.slice(MOST_STUCK_NAMED)
  return next === undefined
    ? named
    : [...named, `and ${others.length + 1} more are stuck: ${commandOf(next)}`]
}

function ofKind(kind: string, all: readonly Concern[]): string[] {
  const found = all.filter(({ of, concern }) => `${of} ${concern}` === kind)
  const [first] = found
  if (first === undefined) return []
  const faxes = new Set(found.map(({ fax }) => fax)).size
  const [one = '', several = ''] = WORDS[kind] ?? []
  const number = found.length >= MOST_OF_A_KIND ? `${faxes} or more` : String(faxes)
  return [`${number} ${faxes === 1 ? one : several}: ${commandOf(first)}`]
}

function silence(site: string, { agent, heardAt }: AgentHealth): string {
  const since = heardAt === undefined ? 'has never been heard of' : `was last heard of at ${heardAt}`
  return `the ${agent} agent of ${site} ${since}: systemctl status faxlane-${agent} there`
}

/** One line for an agent that is up and does not get on: what it says last is what hinders it now. */
export function troubleAt(
  site: string,
  { agent, oldestSeconds = 0, unreadable = 0, refused = 0, trouble }: AgentHealth,
): string[] {
  const minutes = Math.floor(oldestSeconds / 60)
  const facts = [
    ...(minutes > LATE_MINUTES[agent] ? [`has had something waiting for ${minutes} minutes`] : []),
    ...(unreadable > 0 ? [`can not read or remove ${unreadable} in its spool`] : []),
    ...(refused > 0 ? [`has set ${refused} aside in refused/`] : []),
    ...(trouble === undefined ? [] : [`says: ${trouble}`]),
  ]
  if (facts.length === 0) return []
  return [`the ${agent} agent of ${site} ${facts.join(', ')}. There: faxlane-${agent} check`]
}
