import { deadLettersOf } from '../../shared/deployment-names.ts'
import { type HeartbeatRecord, LATE_MINUTES, readHeartbeats } from '../../shared/ledger/heartbeat-record.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { type AgentKind, agentsOf } from '../../shared/routing-table/deployed-table.ts'
import { type State, stateOf } from '../faxes/fax-state.ts'
import type { Gateway, QueueDepth } from '../gateway/gateway.ts'

/** How a gateway is. Its fields are the JSON that is printed, so they are part of the interface. */
export interface Health {
  gateway: string
  at: string
  /** Of the faxes of the last hour, how many are in which state. */
  lastHour: { faxes: number; states: Partial<Record<State, number>> }
  /** Deliveries that wait for an attempt or are in the middle of one. */
  open: { deliveries: number; oldest?: OpenDelivery }
  /** What should have gone on by now. */
  stuck: { fax: string; backend?: string; why: string }[]
  queues: QueueDepth[]
  deadLetters: { queue: string; messages: number; oldestAt?: string }[]
  sites: SiteHealth[]
  /** What calls for somebody, in words, with the command where there is one. */
  concerns: string[]
}

interface OpenDelivery {
  fax: string
  backend: string
  since: string
}

export interface SiteHealth {
  site: string
  agents: AgentHealth[]
}

/** Absent is what the agent did not tell of. */
export interface AgentHealth
  extends Partial<
    Pick<HeartbeatRecord, 'heardAt' | 'waiting' | 'oldestSeconds' | 'unreadable' | 'refused' | 'trouble'>
  > {
  agent: AgentKind
  silent: boolean
}

/** As the alarm has it. */
export const SILENT_MINUTES = 15
/** More are not looked at one by one. */
const MOST_STUCK = 100

export async function readHealth(gateway: Gateway, now: Date): Promise<Health> {
  const [lastHour, open, stuck, depths, sites] = await Promise.all([
    readLastHour(gateway, now),
    readOpen(gateway),
    readStuck(gateway, now),
    gateway.queues.depths(),
    readSites(gateway, now),
  ])
  const isDead = ({ queue }: QueueDepth) => depths.some((other) => deadLettersOf(other.queue) === queue)
  const deadLetters = await Promise.all(
    depths.filter((one) => isDead(one) && total(one) > 0).map((one) => readDead(gateway, one)),
  )
  const health = { lastHour, open, stuck, queues: depths.filter((one) => !isDead(one)), deadLetters, sites }
  return { gateway: gateway.title, at: now.toISOString(), ...health, concerns: concernsOf(health) }
}

export function total({ visible, inFlight, delayed }: QueueDepth): number {
  return visible + inFlight + delayed
}

async function readLastHour({ ledger }: Gateway, now: Date): Promise<Health['lastHour']> {
  const states: Partial<Record<State, number>> = {}
  let faxes = 0
  for await (const entry of ledger.faxesBetween(
    new Date(now.getTime() - 3_600_000),
    new Date(now.getTime() + 60_000),
  )) {
    const state = stateOf(entry)
    states[state] = (states[state] ?? 0) + 1
    faxes++
  }
  return { faxes, states }
}

async function readOpen({ ledger }: Gateway): Promise<Health['open']> {
  let deliveries = 0
  let oldest: OpenDelivery | undefined
  for (const state of ['waiting', 'claimed'] as const) {
    for await (const entry of ledger.faxesInState(state)) {
      for (const delivery of openDeliveries(entry, state)) {
        deliveries++
        if (oldest === undefined || delivery.since < oldest.since) oldest = delivery
      }
    }
  }
  return { deliveries, ...(oldest === undefined ? {} : { oldest }) }
}

function openDeliveries({ fax, deliveries }: FaxEntry, state: 'waiting' | 'claimed'): OpenDelivery[] {
  return deliveries
    .filter((delivery) => delivery.state === state)
    .map(({ backend, openedAt }) => ({ fax: fax.id, backend, since: openedAt }))
}

async function readStuck({ ledger }: Gateway, now: Date): Promise<Health['stuck']> {
  const found: Health['stuck'] = []
  for await (const { fax, stuck } of ledger.stuck(now)) {
    found.push(...stuck.map((one) => ({ fax: fax.id, ...one })))
    if (found.length >= MOST_STUCK) break
  }
  return found
}

async function readDead({ queues }: Gateway, depth: QueueDepth): Promise<Health['deadLetters'][number]> {
  const seen = await queues.peek(depth.queue)
  const [oldest] = seen.map(({ sentAt }) => sentAt).sort((one, other) => one.getTime() - other.getTime())
  return {
    queue: depth.queue,
    messages: total(depth),
    ...(oldest === undefined ? {} : { oldestAt: oldest.toISOString() }),
  }
}

async function readSites({ readTable, askLedger }: Gateway, now: Date): Promise<SiteHealth[]> {
  const table = await readTable()
  return Promise.all(
    table.sites.map(async (site) => {
      const heard = await readHeartbeats(askLedger, site)
      const agents = agentsOf(table, site).map((agent) => {
        const last = heard.find((one) => one.agent === agent)
        const silent =
          last === undefined || now.getTime() - Date.parse(last.heardAt) > SILENT_MINUTES * 60_000
        return { agent, ...(last && said(last)), silent }
      })
      return { site, agents }
    }),
  )
}

function said({ heardAt, waiting, oldestSeconds, unreadable, refused, trouble }: HeartbeatRecord) {
  return {
    heardAt,
    waiting,
    ...(oldestSeconds !== undefined && { oldestSeconds }),
    ...(unreadable !== undefined && { unreadable }),
    ...(refused !== undefined && { refused }),
    ...(trouble !== undefined && { trouble }),
  }
}

function concernsOf({
  stuck,
  deadLetters,
  sites,
  lastHour,
}: Omit<Health, 'gateway' | 'at' | 'concerns'>): string[] {
  const { failed = 0, bounced = 0, unrouted = 0, refused = 0 } = lastHour.states
  return [
    ...deadLetters.map(
      ({ queue, messages }) =>
        `${messages} in ${queue}: faxlane redrive --dry-run shows them, faxlane redrive sends them back`,
    ),
    ...stuck
      .slice(0, 5)
      .map(({ fax, backend, why }) => `${fax}${backend === undefined ? '' : ` to ${backend}`}: ${why}`),
    ...(stuck.length > 5 ? [`and ${stuck.length - 5} more are stuck: faxlane list --state stuck`] : []),
    ...sites.flatMap(({ site, agents }) =>
      agents.flatMap((one) => (one.silent ? silence(site, one) : troubleAt(site, one))),
    ),
    ...(failed + bounced > 0
      ? [`${failed + bounced} failed in the last hour: faxlane list --state failed`]
      : []),
    ...(unrouted > 0 ? [`${unrouted} unrouted in the last hour: faxlane list --state unrouted`] : []),
    ...(refused > 0 ? [`${refused} refused in the last hour: faxlane list --state refused`] : []),
  ]
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
