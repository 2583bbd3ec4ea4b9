import type { Language } from '../../shared/language.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { oneLine } from '../../shared/one-line.ts'
import { valuesOf } from '../../shared/routing-table/render.ts'
import type { NoticeVariable } from '../../shared/routing-table/template.ts'
import type { NoticeEvent } from './notice-event.ts'
import type { Told } from './notify.ts'
import { reasonOfFax } from './reasons.ts'

/** What a template can say: the facts are those of the latest fax, on one line each, since strangers wrote them. */
export function noticeValues(
  { events, count }: Told,
  { timeZone, language, link }: Reading & { link: string },
): Record<NoticeVariable, string> {
  const latest = events.at(-1)
  if (latest === undefined) throw new RangeError('a notice is of one event at least')
  const { event, entry } = latest
  const values = {
    ...valuesOf(entry.fax, { timeZone, language }),
    backend: event.backend ?? '',
    reason: reasonOf(event, entry, language),
    count: String(count),
    list: events.map((one) => lineOf(one, { timeZone, language })).join('\n'),
  }
  const onOneLine = Object.entries(values).map(([name, value]) => [
    name,
    name === 'list' ? value : oneLine(value),
  ])
  return { ...Object.fromEntries(onOneLine), link }
}

interface Reading {
  timeZone: string
  language: Language
}

function lineOf({ event, entry }: Told['events'][number], reading: Reading): string {
  const { date, time, srcnum, dstnum, faxid } = valuesOf(entry.fax, reading)
  return oneLine(
    `${date} ${time}  ${srcnum} > ${dstnum}  ${faxid}  ${reasonOf(event, entry, reading.language)}`,
  )
}

/** In the words of who refused, where it was somebody else. */
function reasonOf(
  { cause, backend }: NoticeEvent,
  { fax, deliveries }: FaxEntry,
  language: Language,
): string {
  if (cause !== 'failed') return reasonOfFax(cause, fax, language)
  const delivery = deliveries.find((one) => one.backend === backend)
  const { code, text = '' } = delivery?.history.at(-1)?.result ?? {}
  return [code, text].filter((part) => part !== undefined && part !== '').join(' ')
}
