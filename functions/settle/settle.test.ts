import { describe, expect, it } from 'vitest'
import type { HeartbeatRecord } from '../../shared/ledger/heartbeat-record.ts'
import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import { agentMessageSchema, type DispatchRequest, type Report } from '../../shared/messages.ts'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import { claim, openDelivery, reopen, settle } from '../ledger/delivery-transitions.ts'
import { makeMemoryLedger } from '../ledger/memory-ledger.ts'
import { type Metric, makeCountHeartbeat } from '../metrics.ts'
import type { NoticeEvent } from '../notify/notice-event.ts'
import { settleMessage, settleReport, settleReturned } from './settle.ts'

const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'
const NOON = new Date('2026-11-23T12:00:00Z')
const report = (outcome: Outcome): Report => ({
  version: 1,
  faxId: FAX_ID,
  backend: 'printer_office',
  at: '2026-11-23T12:00:00.000Z',
  outcome,
})

async function world() {
  const ledger = makeMemoryLedger()
  const printer = { name: 'printer_office', kind: 'printer', site: 'paris', fallback: 'mail' }
  await ledger.addDelivery(openDelivery(FAX_ID, printer, NOON))
  const counted: Metric[] = []
  const requested: DispatchRequest[] = []
  const told: NoticeEvent[] = []
  const dependencies = {
    ledger,
    count: (metric: Metric) => void counted.push(metric),
    requestDelivery: async (request: DispatchRequest) => void requested.push(request),
    tell: async (event: NoticeEvent) => void told.push(event),
    now: () => NOON,
  }
  const settle = (outcome: Outcome, site = 'paris') => settleReport(dependencies, site, report(outcome))
  const record = () => ledger.getDelivery(FAX_ID, 'printer_office')
  return { ledger, dependencies, counted, requested, told, settle, record }
}

describe('a report of the print agent', () => {
  it('ends the delivery, with the time and the words of the agent', async () => {
    const { settle, record, counted } = await world()
    await settle(delivered('office-12', 'request id is office-12 (1 file(s))'))
    expect(await record()).toMatchObject({
      state: 'delivered',
      attempts: 1,
      history: [{ attempt: 1, at: '2026-11-23T12:00:00.000Z', result: { receipt: 'office-12' } }],
    })
    expect(counted).toEqual(['DeliveriesMade'])
  })

  it('that comes twice, or contradicts an earlier end, changes nothing', async () => {
    const { settle, record, counted } = await world()
    await settle(delivered('office-12', 'ok'))
    const first = await record()
    await settle(delivered('office-12', 'ok'))
    await settle(failed('unknown printer'))
    expect(await record()).toEqual(first)
    expect(counted).toEqual(['DeliveriesMade'])
  })

  it('of a failure is counted and told, and the fallback is asked for', async () => {
    const { settle, counted, requested, told } = await world()
    await settle(failed('The printer or class does not exist.'))
    expect(counted).toEqual(['DeliveriesFailed'])
    expect(told).toEqual([{ cause: 'failed', faxId: FAX_ID, backend: 'printer_office', attempts: 1 }])
    expect(requested).toMatchObject([{ backend: 'mail', because: 'fallback', fallbackOf: 'printer_office' }])
  })

  it('of a job before the one that somebody asked for since changes nothing', async () => {
    const { ledger, settle, record, told, dependencies } = await world()
    const first = { ...report(failed('not printed in its time', 'expired')), wantedAt: NOON.toISOString() }
    await settleReport(dependencies, 'paris', first)
    const askedForAt = '2026-11-24T08:00:00.000Z'
    await ledger.replaceDelivery(reopen((await record()) as DeliveryRecord, new Date(askedForAt)))
    // The agent could not delete the message of the first, which came again: it reports the same once more.
    await settleReport(dependencies, 'paris', first)
    expect([(await record())?.state, told.length]).toEqual(['waiting', 1])
    await settleReport(dependencies, 'paris', {
      ...report(delivered('office-12', 'printed')),
      wantedAt: askedForAt,
    })
    expect(await record()).toMatchObject({ state: 'delivered', attempts: 2 })
    // An agent that does not say which job it is about is believed.
    await settle(delivered('office-12', 'printed'))
    expect((await record())?.state).toBe('delivered')
  })

  it('of a wait leaves the delivery waiting and its reason readable', async () => {
    const { settle, record } = await world()
    await settle(retry('out of paper'))
    expect(await record()).toMatchObject({
      state: 'waiting',
      history: [{ result: { text: 'out of paper' } }],
    })
    await settle(delivered('office-13', 'ok'))
    expect(await record()).toMatchObject({ state: 'delivered', attempts: 2 })
  })

  it.each([delivered('x', 'ok'), retry('no paper'), failed('no')])(
    'changes nothing when it is the agent of another site that sends it: %j',
    async (outcome) => {
      const { settle, record, counted, requested, told } = await world()
      const before = await record()
      expect(await settle(outcome, 'berlin')).toEqual({ refused: expect.stringContaining('berlin') })
      expect(await record()).toEqual(before)
      expect([counted, requested, told]).toEqual([['ReportsRefused'], [], []])
    },
  )

  it.each([delivered('x', 'ok'), failed('no')])('can not end what is no print job: %j', async (outcome) => {
    const { ledger, dependencies, counted } = await world()
    const mail = openDelivery(FAX_ID, { name: 'mail', kind: 'mail' }, NOON)
    await ledger.addDelivery(mail)
    const forged = { ...report(outcome), backend: 'mail' }
    expect(await settleReport(dependencies, 'paris', forged)).toHaveProperty('refused')
    expect(await ledger.getDelivery(FAX_ID, 'mail')).toEqual(mail)
    expect(counted).toEqual(['ReportsRefused'])
  })

  it('of a delivery that the ledger does not know goes back to the queue', async () => {
    const { ledger, settle } = await world()
    ledger.deliveries.clear()
    await expect(settle(delivered('x', 'y'))).rejects.toThrow('The ledger has no delivery')
  })
})

describe('a sign of life of an agent', () => {
  const heartbeat = {
    version: 1,
    heartbeat: { agent: 'edge', at: '2026-11-23T12:00:00.000Z', waiting: 2 },
  } as const

  it('says nothing of its site: whatever it says, the queue decides', () => {
    const forged = { ...heartbeat, heartbeat: { ...heartbeat.heartbeat, site: 'berlin' } }
    expect(agentMessageSchema.parse(forged)).toEqual(heartbeat)
  })

  it('is counted by site and agent, in the form that CloudWatch makes a metric of, and touches no record', async () => {
    const { dependencies: others, counted } = await world()
    const lines: string[] = []
    const sentAt = new Date('2026-11-23T12:00:01.000Z')
    const countHeartbeat = makeCountHeartbeat('faxlane', (line) => void lines.push(line))
    const kept: HeartbeatRecord[] = []
    const keepHeartbeat = async (one: HeartbeatRecord) => void kept.push(one)
    const dependencies = { ...others, countHeartbeat, keepHeartbeat }
    expect(await settleMessage(dependencies, { site: 'paris', sentAt }, heartbeat)).toBeUndefined()
    expect(counted).toEqual([])
    expect(kept).toEqual([{ ...heartbeat.heartbeat, site: 'paris', heardAt: '2026-11-23T12:00:01.000Z' }])
    expect(lines).toEqual([expect.stringMatching(/^\{.*\}\n$/)])
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      _aws: {
        Timestamp: sentAt.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'faxlane',
            Dimensions: [['Site', 'Agent']],
            Metrics: [
              { Name: 'AgentHeartbeat', Unit: 'Count' },
              { Name: 'AgentOldestWaiting', Unit: 'Seconds' },
              { Name: 'AgentTroubles', Unit: 'Count' },
            ],
          },
        ],
      },
      Site: 'paris',
      Agent: 'edge',
      AgentHeartbeat: 1,
      AgentOldestWaiting: 0,
      AgentTroubles: 0,
    })
  })

  it('makes what an agent says of itself a measure: what waits, and all that hinders it', () => {
    const lines: string[] = []
    makeCountHeartbeat(
      'faxlane',
      (line) => void lines.push(line),
    )({
      ...heartbeat.heartbeat,
      site: 'paris',
      heardAt: heartbeat.heartbeat.at,
      oldestSeconds: 1900,
      unreadable: 2,
      refused: 3,
      trouble: 'EACCES',
    })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ AgentOldestWaiting: 1900, AgentTroubles: 6 })
  })
})

describe('a mail that came back', () => {
  const returned = {
    faxId: FAX_ID,
    backend: 'mail',
    outcome: failed('550 user unknown', 'Permanent General'),
  }

  async function mailed(...outcomes: Outcome[]) {
    const { ledger, dependencies, counted, requested, told } = await world()
    let record = openDelivery(FAX_ID, { name: 'mail', kind: 'mail', fallback: 'log' }, NOON)
    await ledger.addDelivery(record)
    for (const outcome of [undefined, ...outcomes]) {
      const next: DeliveryRecord | undefined =
        outcome === undefined ? claim(record, NOON, 60) : settle(record, outcome, NOON, undefined)
      record = next ?? record
      await ledger.replaceDelivery(record)
    }
    return {
      ledger,
      dependencies,
      counted,
      requested,
      told,
      record: () => ledger.getDelivery(FAX_ID, 'mail'),
    }
  }

  it('was not delivered after all: it is bounced with the words of the server, told, and its fallback runs', async () => {
    const { dependencies, record, counted, requested, told } = await mailed(delivered('id', 'taken'))
    await settleReturned(dependencies, returned)
    expect(await record()).toMatchObject({
      state: 'bounced',
      history: [{ result: { outcome: 'delivered' } }, { result: { text: '550 user unknown' } }],
    })
    expect(counted).toEqual(['DeliveriesFailed'])
    expect(requested).toMatchObject([{ backend: 'log', fallbackOf: 'mail' }])
    expect(told).toEqual([{ cause: 'failed', faxId: FAX_ID, backend: 'mail', attempts: 1 }])
    const once = await record()
    await settleReturned(dependencies, returned)
    expect(await record()).toEqual(once)
    expect(counted).toHaveLength(1)
  })

  it('late, of a mail before the one that is out now, changes nothing', async () => {
    const { ledger, dependencies, record, counted } = await mailed(delivered('id', 'taken'))
    const first = { ...returned, attempt: 1 }
    await settleReturned(dependencies, first)
    const again = claim(reopen((await record()) as DeliveryRecord, NOON), NOON, 60) as DeliveryRecord
    for (const next of [reopen((await record()) as DeliveryRecord, NOON), again])
      expect(await ledger.replaceDelivery(next)).toBe(true)
    // While the second is being sent, and after it.
    await settleReturned(dependencies, first)
    await ledger.replaceDelivery(settle(again, delivered('id2', 'taken'), NOON, undefined))
    await settleReturned(dependencies, first)
    expect(await record()).toMatchObject({ state: 'delivered', attempts: 2 })
    expect(counted).toEqual(['DeliveriesFailed'])
    await settleReturned(dependencies, { ...returned, attempt: 2 })
    expect((await record())?.state).toBe('bounced')
  })

  it('while it is still being sent waits until the ledger says so', async () => {
    const { dependencies } = await mailed()
    await expect(settleReturned(dependencies, returned)).rejects.toThrow('still being sent')
  })

  it('changes nothing where it is known to have failed', async () => {
    const { dependencies, record, counted } = await mailed(failed('refused'))
    await settleReturned(dependencies, returned)
    expect(await record()).toMatchObject({ state: 'failed' })
    expect(counted).toEqual([])
  })
})
