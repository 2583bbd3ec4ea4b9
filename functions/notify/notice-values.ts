import { UNKNOWN } from '../../shared/file-name.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { oneLine } from '../../shared/one-line.ts'
import { localTime } from '../../shared/routing-table/local-time.ts'
import { valuesOf } from '../../shared/routing-table/render.ts'
import type { NoticeVariable } from '../../shared/routing-table/template.ts'
import type { NoticeEvent } from './notice-event.ts'
import type { Told } from './notify.ts'

/** What a template can say: the facts are those of the latest fax, on one line each, since strangers wrote them. */
export function noticeValues(
  { events, count }: Told,
  { timeZone, link }: { timeZone: string; link: string },
): Record<NoticeVariable, string> {
  const latest = events.at(-1)
  if (latest === undefined) throw new RangeError('a notice is of one event at least')
  const { event, entry } = latest
  const { id, site, facts, pages } = entry.fax
  const values = {
    ...valuesOf({ id, site, facts, pages: pages ?? UNKNOWN }, timeZone),
    backend: event.backend ?? '',
    reason: reasonOf(event, entry),
    count: String(count),
    list: events.map((one) => lineOf(one, timeZone)).join('\n'),
  }
  const onOneLine = Object.entries(values).map(([name, value]) => [
    name,
    name === 'list' ? value : oneLine(value),
  ])
  return { ...Object.fromEntries(onOneLine), link }
}

function lineOf({ event, entry }: Told['events'][number], timeZone: string): string {
  const { id, facts } = entry.fax
  const { date, time } = localTime(new Date(facts.receivedAt), timeZone)
  const numbers = `${facts.source ?? UNKNOWN} > ${facts.destination ?? UNKNOWN}`
  return oneLine(`${date} ${time}  ${numbers}  ${id}  ${reasonOf(event, entry)}`)
}

/** In the words of who refused, where it was somebody else. */
function reasonOf({ cause, backend }: NoticeEvent, { fax, deliveries }: FaxEntry): string {
  if (cause === 'damaged') return (fax.warnings ?? []).join(' ')
  if (cause !== 'failed') return fax.reason ?? ''
  const delivery = deliveries.find((one) => one.backend === backend)
  const { code, text = '' } = delivery?.history.at(-1)?.result ?? {}
  return [code, text].filter((part) => part !== undefined && part !== '').join(' ')
}
