import { deadLettersOf } from '../../shared/deployment-names.ts'
import type { Concern } from '../../shared/ledger/concerns.ts'
import { type HeartbeatRecord, readHeartbeats } from '../../shared/ledger/heartbeat-record.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import {
  makeTransmissionQueries,
  type TransmissionQueries,
} from '../../shared/ledger/transmission-queries.ts'
import { type AgentKind, agentsOf } from '../../shared/routing-table/deployed-table.ts'
import { type State, stateOf } from '../faxes/fax-state.ts'
import type { Gateway, QueueDepth } from '../gateway/gateway.ts'
import { readForAPerson } from './for-a-person.ts'
import { concernsInWords } from './in-words.ts'

/** How a gateway is. Its fields are the JSON that is printed, so they are part of the interface. */
export interface Health {
  gateway: string
  at: string
  /** Of the faxes of the last hour, how many are in which state. */
  lastHour: { faxes: number; states: Partial<Record<State, number>> }
  /** Deliveries that wait for an attempt or are in the middle of one. */
  open: { deliveries: number; oldest?: OpenDelivery }
  /** Faxes to be sent that have not ended. */
  toBeSent: number
  /** Each fax that somebody has to look at, received or to be sent, with what is wrong. */
  forAPerson: Concern[]
  queues: QueueDepth[]
  deadLetters: { queue: string; messages: number; oldestAt?: string }[]
  sites: SiteHealth[]
  /** What calls for somebody, of faxes, queues and agents, in words, with the command where there is one. */
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
const SILENT_MINUTES = 15

export async function readHealth(gateway: Gateway, now: Date): Promise<Health> {
  const transmissions = makeTransmissionQueries(gateway.askLedger)
  const [lastHour, open, toBeSent, forAPerson, depths, sites] = await Promise.all([
    readLastHour(gateway, now),
    readOpen(gateway),
    countToBeSent(transmissions),
    readForAPerson({ ledger: gateway.ledger, transmissions }, now),
    gateway.queues.depths(),
    readSites(gateway, now),
  ])
  const isDead = ({ queue }: QueueDepth) => depths.some((other) => deadLettersOf(other.queue) === queue)
  const deadLetters = await Promise.all(
    depths.filter((one) => isDead(one) && total(one) > 0).map((one) => readDead(gateway, one)),
  )
  const queues = depths.filter((one) => !isDead(one))
  const health = { lastHour, open, toBeSent, forAPerson, queues, deadLetters, sites }
  return { gateway: gateway.title, at: now.toISOString(), ...health, concerns: concernsInWords(health) }
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

async function countToBeSent(transmissions: TransmissionQueries): Promise<number> {
  let count = 0
  for await (const _ of transmissions.open()) count++
  return count
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
