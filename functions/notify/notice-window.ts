import * as z from 'zod'
import { type NoticeEvent, noticeEventSchema } from './notice-event.ts'

/**
 * A time in which one notice of a kind went out. What happens in it is counted, and told when it ends, by the notice that opens the next one: so
 * the first of its kind is told at once, and none more often than once in that time.
 */
export const noticeWindowSchema = z.object({
  /** The kind: a cause, and of deliveries the backend and whether somebody asked for them. */
  kind: z.string(),
  until: z.iso.datetime(),
  /** What opened it: an event, or the end of the window before. */
  openedBy: z.string(),
  /** What its notice tells, and how much that was. */
  told: z.array(noticeEventSchema),
  toldCount: z.int(),
  /** Whether that notice went out. */
  sent: z.boolean(),
  /** What has happened since: the first of them, and how many. */
  since: z.array(noticeEventSchema),
  sinceCount: z.int(),
  revision: z.int(),
})
export type NoticeWindow = z.infer<typeof noticeWindowSchema>

const WINDOW_SECONDS = 3600
/**
 * Of deliveries that somebody asked for: one who tries a fax again is there, and waits. All that failed can be asked for in one command, and some
 * hundred end badly within minutes: that is two or three notices.
 */
const ASKED_FOR_WINDOW_SECONDS = 300
/** No mail gets longer than this, and no item of the ledger's table. */
const MOST_LISTED = 50

export const kindOf = ({ cause, backend, askedFor = false }: NoticeEvent) =>
  backend === undefined ? cause : `${cause} ${backend}${askedFor ? ', asked for' : ''}`
/** The same for each time that the message of an event comes. */
export const idOf = ({ faxId, cause, backend = '', attempts = 0 }: NoticeEvent) =>
  `${faxId} ${cause} ${backend} ${attempts}`

/**
 * The window after an event: the same one with the event in it, or a new one that tells of it. The same object where nothing changes: it is
 * told or counted already.
 */
export function afterEvent(window: NoticeWindow | undefined, event: NoticeEvent, now: Date): NoticeWindow {
  const id = idOf(event)
  if (window === undefined)
    return openedBy(id, undefined, { kind: kindOf(event), events: [event], count: 1 }, now)
  if ([...window.told, ...window.since].some((known) => idOf(known) === id)) return window
  const since = [...window.since, event]
  const count = window.sinceCount + 1
  if (now.toISOString() >= window.until)
    return openedBy(id, window, { kind: window.kind, events: since, count }, now)
  return { ...window, since: since.slice(0, MOST_LISTED), sinceCount: count, revision: window.revision + 1 }
}

/**
 * The window that follows one that has ended; where nothing has happened in it, the same object. An end that comes before its time, by another
 * machine's clock or where delays are shortened, is an end: there will be no other message of it.
 */
export function afterEnd(window: NoticeWindow, now: Date): NoticeWindow {
  const at = now.toISOString()
  if (window.sinceCount === 0)
    return at >= window.until ? window : { ...window, until: at, revision: window.revision + 1 }
  const { kind, since: events, sinceCount: count } = window
  return openedBy(endOf(window), window, { kind, events, count }, now)
}

export const endOf = ({ kind, until }: Pick<NoticeWindow, 'kind' | 'until'>) => `end of ${kind} ${until}`

function openedBy(
  id: string,
  before: NoticeWindow | undefined,
  { kind, events, count }: { kind: string; events: readonly NoticeEvent[]; count: number },
  now: Date,
): NoticeWindow {
  // All events of a window are of its kind.
  const seconds = events[0]?.askedFor === true ? ASKED_FOR_WINDOW_SECONDS : WINDOW_SECONDS
  return {
    kind,
    until: new Date(now.getTime() + seconds * 1000).toISOString(),
    openedBy: id,
    told: events.slice(0, MOST_LISTED),
    toldCount: count,
    sent: false,
    since: [],
    sinceCount: 0,
    revision: (before?.revision ?? -1) + 1,
  }
}

export function sentOf(window: NoticeWindow): NoticeWindow {
  return { ...window, sent: true, revision: window.revision + 1 }
}
