import type { FaxEntry } from '../../shared/ledger/queries.ts'
import type { NoticeCause } from '../../shared/routing-table/deployed-table.ts'
import type { NoticeEvent, NoticeMessage, WindowEnd } from './notice-event.ts'
import { afterEnd, afterEvent, endOf, idOf, kindOf, type NoticeWindow, sentOf } from './notice-window.ts'

export interface NotifyDependencies {
  windows: {
    get: (kind: string) => Promise<NoticeWindow | undefined>
    /** False when somebody else was first. */
    put: (window: NoticeWindow) => Promise<boolean>
  }
  findFax: (faxId: string) => Promise<FaxEntry | undefined>
  /** Whether anybody is to be told of such a cause. */
  isTold: (cause: NoticeCause) => boolean
  /** Throws what a repetition may heal. */
  send: (told: Told) => Promise<void>
  sendLater: (message: WindowEnd, waitSeconds: number) => Promise<void>
  now: () => Date
}

/** What a notice tells: one event, or several of one kind. */
export interface Told {
  /** With what the ledger says of each; those that it does not have any more are left out. */
  events: { event: NoticeEvent; entry: FaxEntry }[]
  /** All of them, of which `events` are the first. */
  count: number
}

/** Tells of an event, or counts it when its kind was told of within the hour; at the end of the hour, tells of what was counted. */
export async function notify(dependencies: NotifyDependencies, message: NoticeMessage): Promise<string> {
  if ('windowOf' in message) return endWindow(dependencies, message)
  if (!dependencies.isTold(message.cause)) return 'nobody is told of this'
  const window = await dependencies.windows.get(kindOf(message))
  const next = afterEvent(window, message, dependencies.now())
  if (next !== window) {
    await write(dependencies, next)
    if (next.openedBy !== idOf(message)) return 'counted'
  }
  // Killed between the window and the mail, the message that opened the window comes again.
  return next.openedBy === idOf(message) && !next.sent ? sendNotice(dependencies, next) : 'told already'
}

async function endWindow(dependencies: NotifyDependencies, message: WindowEnd): Promise<string> {
  if (message.furtherWaitSeconds > 0) {
    await dependencies.sendLater(message, message.furtherWaitSeconds)
    return 'waits on'
  }
  const window = await dependencies.windows.get(message.windowOf)
  if (window === undefined) return 'gone'
  const isOpenedByThis = window.openedBy === endOf({ kind: window.kind, until: message.until })
  if (isOpenedByThis && !window.sent) return sendNotice(dependencies, window)
  if (window.until !== message.until) return 'over already'
  const next = afterEnd(window, dependencies.now())
  if (next === window) return 'nothing more happened'
  await write(dependencies, next)
  return sendNotice(dependencies, next)
}

async function sendNotice(dependencies: NotifyDependencies, window: NoticeWindow): Promise<string> {
  const entries = await Promise.all(window.told.map(({ faxId }) => dependencies.findFax(faxId)))
  const events = window.told.flatMap((event, index) => {
    const entry = entries[index]
    return entry === undefined ? [] : [{ event, entry }]
  })
  if (events.length > 0) await dependencies.send({ events, count: window.toldCount })
  const { kind, until } = window
  await dependencies.sendLater(
    { windowOf: kind, until, furtherWaitSeconds: 0 },
    secondsUntil(until, dependencies.now()),
  )
  // Not written, it is sent again at worst.
  await dependencies.windows.put(sentOf(window))
  return 'sent'
}

async function write({ windows }: NotifyDependencies, window: NoticeWindow): Promise<void> {
  if (await windows.put(window)) return
  throw new Error(`The window of notices of ${window.kind} changed meanwhile; the message comes again.`)
}

function secondsUntil(instant: string, now: Date): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - now.getTime()) / 1000))
}
