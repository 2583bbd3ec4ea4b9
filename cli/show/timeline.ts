import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { type DeliveryRecord, type FaxRecord, FIRST_ATTEMPTS_KEPT } from '../../shared/ledger/records.ts'
import { count } from '../faxes/amounts.ts'

export type Mark = '✔' | '✘' | '…' | ' '

/** One step of a fax's way. */
export interface Step {
  /** ISO 8601. */
  at: string
  mark: Mark
  /** Who did it: a backend, or a part of the gateway. */
  who: string
  text: string
}

/**
 * All that happened to a fax and what is due next, in the order of time. Its messages to the backends go out before its end is on record, so a
 * delivery may be there earlier; it still came of it.
 */
export function timeline({ fax, deliveries }: FaxEntry): Step[] {
  const ofFax = stepsOfFax(fax)
  const ofDeliveries = deliveries.flatMap(stepsOfDelivery)
  const began = Math.min(...ofDeliveries.map(({ at }) => Date.parse(at)))
  const orderOf = (step: Step) =>
    ofFax.includes(step) ? Math.min(Date.parse(step.at), began) : Date.parse(step.at)
  return [...ofFax, ...ofDeliveries].sort((one, other) => orderOf(one) - orderOf(other))
}

function stepsOfFax(fax: FaxRecord): Step[] {
  const { facts, site, openedAt, closedAt, state } = fax
  const opened: Step[] = [
    { at: facts.receivedAt, mark: ' ', who: 'PBX', text: `reception ended at ${site}${statusOf(fax)}` },
    { at: openedAt, mark: ' ', who: 'receive', text: `arrived, ${fax.tiffBytes} bytes` },
  ]
  if (closedAt === undefined) return opened
  return [...opened, { at: closedAt, who: 'receive', ...endOf(fax, state) }]
}

function statusOf({ facts: { status, error, mode, rate } }: FaxRecord): string {
  const parts = [status, error, mode, rate === undefined ? undefined : `${rate} bit/s`]
  const said = parts.filter((part) => part !== undefined && part !== '')
  return said.length === 0 ? '' : `; the PBX says: ${said.join(', ')}`
}

function conversionOf({ pages, damagedRows = 0, convertMilliseconds }: FaxRecord): string {
  const time = convertMilliseconds === undefined ? '' : ` in ${convertMilliseconds} ms`
  const damage = damagedRows === 0 ? '' : `, ${count(damagedRows, 'damaged row')}`
  return pages === undefined ? 'not converted' : `converted, ${count(pages, 'page')}${damage}${time}`
}

function endOf(fax: FaxRecord, state: FaxRecord['state']): Pick<Step, 'mark' | 'text'> {
  const { backends = [], reason, pages } = fax
  if (reason === undefined && (state === 'routed' || state === 'simulated')) {
    const how = state === 'routed' ? 'routed to' : 'simulated: it would be routed to'
    return { mark: ' ', text: `${conversionOf(fax)}, ${how} ${backends.join(', ')}` }
  }
  const converted = pages === undefined ? '' : `${conversionOf(fax)}; `
  return { mark: '✘', text: `${converted}${state}: ${reason ?? 'no reason is on record'}` }
}

function stepsOfDelivery(delivery: DeliveryRecord): Step[] {
  const { backend, history, openedAt, fallbackOf } = delivery
  const taken: Step[] =
    fallbackOf === undefined
      ? []
      : [{ at: openedAt, mark: ' ', who: backend, text: `in the place of ${fallbackOf}, which gave up` }]
  const steps = history.map((_, index) => attemptStep(delivery, index))
  return [
    ...taken,
    ...steps.slice(0, FIRST_ATTEMPTS_KEPT),
    ...leftOut(delivery),
    ...steps.slice(FIRST_ATTEMPTS_KEPT),
    ...nextStep(delivery),
  ]
}

function leftOut({ backend, history, historyLeftOut }: DeliveryRecord): Step[] {
  const before = history[FIRST_ATTEMPTS_KEPT - 1]
  if (historyLeftOut === undefined || before === undefined) return []
  const attempts = count(historyLeftOut, 'attempt')
  return [
    {
      at: before.at,
      mark: ' ',
      who: backend,
      text: `${attempts} between these are not kept`,
    },
  ]
}

function attemptStep({ backend, history, state }: DeliveryRecord, index: number): Step {
  const { attempt = 1, at = '', result } = history[index] ?? {}
  const words = [result?.code, result?.text].filter((part) => part !== undefined && part !== '').join(' ')
  const which = `attempt ${attempt}`
  const isLast = index === history.length - 1
  if (result?.outcome === 'delivered') {
    const receipt = result.receipt === '' ? '' : ` (${result.receipt})`
    return {
      at,
      mark: '✔',
      who: backend,
      text: `${which}: delivered${words === '' ? '' : `, ${words}`}${receipt}`,
    }
  }
  const unsure = result?.maybeDelivered === true ? '; it may have arrived all the same' : ''
  if (result?.outcome === 'retry' && !(isLast && state === 'failed')) {
    return { at, mark: '…', who: backend, text: `${which}: ${words}${unsure}` }
  }
  const verb =
    isLast && state === 'bounced' ? 'came back' : result?.outcome === 'retry' ? 'given up' : 'failed'
  return { at, mark: '✘', who: backend, text: `${which}: ${verb}: ${words}${unsure}` }
}

function nextStep({ backend, state, openedAt, nextAttemptAt, leaseUntil, attempts }: DeliveryRecord): Step[] {
  if (state === 'waiting') {
    const text = attempts === 0 ? 'waits for its first attempt' : `attempt ${attempts + 1} is due`
    return [{ at: nextAttemptAt ?? openedAt, mark: '…', who: backend, text }]
  }
  if (state !== 'claimed') return []
  return [
    {
      at: leaseUntil ?? openedAt,
      mark: '…',
      who: backend,
      text: `attempt ${attempts} is under way; it has until then`,
    },
  ]
}
