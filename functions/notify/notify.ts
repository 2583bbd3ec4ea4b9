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
  pause: (milliseconds: number) => Promise<void>
  now: () => Date
}

/** What a notice tells: one event, or several of one kind. */
export interface Told {
  /** With what the ledger says of each; those that it does not have any more are left out. */
  events: { event: NoticeEvent; entry: FaxEntry }[]
  /** All of them, of which `events` are the first. */
  count: number
}

/** How often a window is read again when others count in it at the same time; after that the message comes again. */
const MOST_TRIES = 20
const LONGEST_PAUSE_MILLISECONDS = 100

/** Tells of an event, or counts it when its kind was told of a while ago; at the end of that while, tells of what was counted. */
export async function notify(dependencies: NotifyDependencies, message: NoticeMessage): Promise<string> {
  if ('windowOf' in message) return endWindow(dependencies, message)
  if (!dependencies.isTold(message.cause)) return 'nobody is told of this'
  const { window, changed } = await changeWindow(dependencies, kindOf(message), (before) =>
    afterEvent(before, message, dependencies.now()),
  )
  // Killed between the window and the mail, the message that opened the window comes again.
  if (window?.openedBy === idOf(message) && !window.sent) return sendNotice(dependencies, window)
  return changed ? 'counted' : 'told already'
}

async function endWindow(dependencies: NotifyDependencies, message: WindowEnd): Promise<string> {
  if (message.furtherWaitSeconds > 0) {
    await dependencies.sendLater(message, message.furtherWaitSeconds)
    return 'waits on'
  }
  const { windowOf: kind, until } = message
  const { window, changed } = await changeWindow(dependencies, kind, (before) =>
    before?.until === until ? afterEnd(before, dependencies.now()) : before,
  )
  if (window === undefined) return 'gone'
  if (window.openedBy === endOf({ kind, until }) && !window.sent) return sendNotice(dependencies, window)
  return changed || window.until === until ? 'nothing more happened' : 'over already'
}

async function sendNotice(dependencies: NotifyDependencies, window: NoticeWindow): Promise<string> {
  const entries = await Promise.all(window.told.map(({ faxId }) => dependencies.findFax(faxId)))
  const events = window.told.flatMap((event, index) => {
    const entry = entries[index]
    return entry === undefined ? [] : [{ event, entry }]
  })
  if (events.length > 0) await dependencies.send({ events, count: window.toldCount })
  const { kind, until, openedBy } = window
  await dependencies.sendLater(
    { windowOf: kind, until, furtherWaitSeconds: 0 },
    secondsUntil(until, dependencies.now()),
  )
  // Not written, it is sent again at worst.
  await changeWindow(dependencies, kind, (now) => (now?.openedBy === openedBy ? sentOf(now) : now))
  return 'sent'
}

/**
 * The window as `change` makes it of what stands there, and whether that is another one. When a server is down, several invocations count in
 * one window: who comes second takes the window as it is then.
 */
async function changeWindow(
  { windows, pause }: NotifyDependencies,
  kind: string,
  change: (window: NoticeWindow | undefined) => NoticeWindow | undefined,
): Promise<{ window: NoticeWindow | undefined; changed: boolean }> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const before = await windows.get(kind)
    const window = change(before)
    if (window === undefined || window === before) return { window, changed: false }
    if (await windows.put(window)) return { window, changed: true }
    await pause(Math.random() * LONGEST_PAUSE_MILLISECONDS)
  }
  throw new Error(`The window of notices of ${kind} changes all the time; the message comes again.`)
}

function secondsUntil(instant: string, now: Date): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - now.getTime()) / 1000))
}
