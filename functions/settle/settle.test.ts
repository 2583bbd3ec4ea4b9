import { describe, expect, it } from 'vitest'
import type { Report } from '../../shared/messages.ts'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import { openDelivery } from '../ledger/delivery-transitions.ts'
import { makeMemoryLedger } from '../ledger/memory-ledger.ts'
import { type Metric, makeCountHeartbeat } from '../metrics.ts'
import { settleMessage, settleReport } from './settle.ts'

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
  await ledger.addDelivery(openDelivery(FAX_ID, { name: 'printer_office', kind: 'printer' }, NOON))
  const counted: Metric[] = []
  const settle = (outcome: Outcome) =>
    settleReport({ ledger, count: (metric) => void counted.push(metric) }, report(outcome))
  return { ledger, counted, settle, record: () => ledger.getDelivery(FAX_ID, 'printer_office') }
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
    expect(counted).toEqual([])
  })

  it('that comes twice, or contradicts an earlier end, changes nothing', async () => {
    const { settle, record, counted } = await world()
    await settle(delivered('office-12', 'ok'))
    const first = await record()
    await settle(delivered('office-12', 'ok'))
    await settle(failed('unknown printer'))
    expect(await record()).toEqual(first)
    expect(counted).toEqual([])
  })

  it('of a failure is counted', async () => {
    const { settle, counted } = await world()
    await settle(failed('The printer or class does not exist.'))
    expect(counted).toEqual(['DeliveriesFailed'])
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

  it('of a delivery that the ledger does not know goes back to the queue', async () => {
    const { ledger, settle } = await world()
    ledger.deliveries.clear()
    await expect(settle(delivered('x', 'y'))).rejects.toThrow('The ledger has no delivery')
  })
})

describe('a sign of life of an agent', () => {
  const heartbeat = {
    version: 1,
    heartbeat: { site: 'paris', agent: 'edge', at: '2026-11-23T12:00:00.000Z', waiting: 2 },
  } as const

  it('is counted by site and agent, in the form that CloudWatch makes a metric of, and touches no record', async () => {
    const { ledger, counted } = await world()
    const lines: string[] = []
    const now = () => new Date('2026-11-23T12:00:01.000Z')
    const countHeartbeat = makeCountHeartbeat('faxlane', (line) => void lines.push(line), now)
    const dependencies = { ledger, count: (metric: Metric) => void counted.push(metric), countHeartbeat }
    expect(await settleMessage(dependencies, heartbeat)).toBeUndefined()
    expect(counted).toEqual([])
    expect(lines).toEqual([expect.stringMatching(/^\{.*\}\n$/)])
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      _aws: {
        Timestamp: now().getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'faxlane',
            Dimensions: [['Site', 'Agent']],
            Metrics: [{ Name: 'AgentHeartbeat', Unit: 'Count' }],
          },
        ],
      },
      Site: 'paris',
      Agent: 'edge',
      AgentHeartbeat: 1,
    })
  })
})
