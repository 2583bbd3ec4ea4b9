import type { TransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { describeIssues } from '../../shared/transmission/send-request.ts'
import { type Answer, answer, refuse } from './answer.ts'
import { type ListQuery, listQuerySchema, MOST_LISTED, viewOf } from './shapes.ts'

export interface ListDependencies {
  queries: Pick<TransmissionQueries, 'ofDay' | 'to' | 'inState'>
  now: () => Date
}

/** Those that `maySee` lets through, newest first. */
export async function listFaxes(
  { queries, now }: ListDependencies,
  written: Record<string, string>,
  maySee: (record: TransmissionRecord) => boolean,
): Promise<Answer> {
  const parsed = listQuerySchema.safeParse(written)
  if (!parsed.success) return refuse(400, `The query does not hold: ${describeIssues(parsed.error)}.`)
  const { limit = String(MOST_LISTED) } = parsed.data
  const found: TransmissionRecord[] = []
  for await (const record of ask(queries, parsed.data, now())) {
    if (!fits(record, parsed.data) || !maySee(record)) continue
    if (found.length === Number(limit)) {
      return answer(200, { transmissions: found.map(viewOf), next: found.at(-1)?.id })
    }
    found.push(record)
  }
  return answer(200, { transmissions: found.map(viewOf) })
}

/** By whichever index has least to read. */
function ask(
  queries: ListDependencies['queries'],
  { to, day, state, after }: ListQuery,
  now: Date,
): AsyncIterable<TransmissionRecord> {
  const order = after === undefined ? {} : { after }
  if (to !== undefined) return queries.to(to, order)
  if (day === undefined && state !== undefined && state !== 'sent' && state !== 'canceled') {
    return queries.inState(state, order)
  }
  return queries.ofDay(day ?? now.toISOString().slice(0, 10), order)
}

function fits(record: TransmissionRecord, { day, state }: ListQuery): boolean {
  if (state !== undefined && record.state !== state) return false
  return day === undefined || record.id.startsWith(day.replaceAll('-', ''))
}
