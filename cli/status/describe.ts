import { DELIVERY_STATES, FAX_STATES } from '../../shared/ledger/records.ts'
import { visible } from '../../shared/visible.ts'
import { count } from '../faxes/amounts.ts'
import { ago, dayOf, timeOf } from '../faxes/when.ts'
import { type Fact, factLines } from '../terminal/facts.ts'
import type { Screen } from '../terminal/screen.ts'
import { tableLines } from '../terminal/table.ts'
import { wrap } from '../terminal/wrap.ts'
import { type Health, type SiteHealth, total } from './health.ts'

type Look = Pick<Screen, 'columns' | 'paint'>

export function describe(screen: Look, health: Health, now: Date): string {
  const { paint } = screen
  const busy = health.queues.filter((queue) => total(queue) > 0)
  const idle = health.queues.length - busy.length
  return [
    ...wrap(
      `${health.gateway.charAt(0).toUpperCase()}${visible(health.gateway.slice(1))}, ${dayOf(now)} ${timeOf(now)}`,
      screen.columns,
    ).map((line) => paint('bold', line)),
    '',
    ...factLines(screen, factsOf(health, now), ''),
    '',
    ...queueLines(screen, busy),
    `${busy.length === 0 ? 'All' : 'The other'} ${count(idle, 'queue')} ${idle === 1 ? 'is' : 'are'} empty.`,
    ...(health.concerns.length === 0
      ? ['', paint('green', 'Nothing calls for anybody.')]
      : ['', ...health.concerns.flatMap((concern) => concernLines(screen, concern))]),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function factsOf({ lastHour, open, toBeSent, forAPerson, deadLetters, sites }: Health, now: Date): Fact[] {
  const states = [...FAX_STATES, ...DELIVERY_STATES].flatMap((state) =>
    lastHour.states[state] === undefined ? [] : [`${lastHour.states[state]} ${state}`],
  )
  const oldest =
    open.oldest === undefined
      ? ''
      : `, the oldest to ${open.oldest.backend} for ${ago(new Date(open.oldest.since), now)}`
  const dead = deadLetters.reduce((sum, { messages }) => sum + messages, 0)
  return [
    [
      'last hour',
      `${count(lastHour.faxes, 'fax', 'faxes')}${states.length === 0 ? '' : `: ${states.join(', ')}`}`,
    ],
    ['under way', `${count(open.deliveries, 'delivery', 'deliveries')}${oldest}`],
    ['to be sent', count(toBeSent, 'fax', 'faxes')],
    ['stuck', String(forAPerson.filter(({ concern }) => concern === 'stuck').length)],
    ['dead letters', String(dead)],
    ...sites.map((site) => [`site ${site.site}`, agentsInWords(site, now)] as const),
  ]
}

function agentsInWords({ agents }: SiteHealth, now: Date): string {
  const words = agents.map(({ agent, heardAt, waiting, oldestSeconds, silent }) => {
    if (heardAt === undefined) return `${agent} never heard of`
    const oldest =
      oldestSeconds === undefined
        ? ''
        : `, the oldest for ${ago(new Date(now.getTime() - oldestSeconds * 1000), now)}`
    const work = waiting === undefined || waiting === 0 ? '' : `, ${waiting} waiting there${oldest}`
    return `${agent} ${silent ? 'silent for' : 'heard'} ${ago(new Date(heardAt), now)}${silent ? '' : ' ago'}${work}`
  })
  return words.join('; ')
}

function queueLines(screen: Look, queues: Health['queues']): string[] {
  if (queues.length === 0) return []
  const rows = queues.map(({ queue, visible: now, inFlight, delayed }) => [
    queue,
    String(now),
    String(inFlight),
    String(delayed),
  ])
  return [
    ...tableLines(
      screen,
      [
        { title: 'queue', shrinksTo: 16 },
        { title: 'to be taken', align: 'right' },
        { title: 'in hand', align: 'right' },
        { title: 'later', align: 'right' },
      ],
      rows,
    ),
    '',
  ]
}

function concernLines({ columns, paint }: Look, concern: string): string[] {
  return wrap(visible(concern), columns - 2).map(
    (line, index) => `${index === 0 ? paint('red', '!') : ' '} ${line}`,
  )
}
