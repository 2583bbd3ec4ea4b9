import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../shared/language.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { failed } from '../../shared/outcome.ts'
import { NOTICE_CAUSES, type Notices } from '../../shared/routing-table/deployed-table.ts'
import { claim, openDelivery, settle } from '../ledger/delivery-transitions.ts'
import { composeNotice } from './compose.ts'
import type { NoticeEvent, NoticeMessage, WindowEnd } from './notice-event.ts'
import { idOf, kindOf, type NoticeWindow } from './notice-window.ts'
import { type NotifyDependencies, notify, type Told } from './notify.ts'

const NOON = new Date('2026-11-25T12:00:00Z')
const faxId = (number: number) => `20261125T11${String(number % 60).padStart(2, '0')}00Z-0k3w9x7m2r4t`
const failedTo = (backend: string, number = 0): NoticeEvent => ({
  cause: 'failed',
  faxId: faxId(number),
  backend,
  attempts: 1,
})
const askedFor = (number: number, attempts = 2): NoticeEvent => ({
  ...failedTo('ftp_a', number),
  attempts,
  askedFor: true,
})

function entryOf(id: string, changes: Partial<FaxEntry['fax']> = {}): FaxEntry {
  const opened = openDelivery(id, { name: 'ftp_a', kind: 'ftp' }, NOON)
  const delivery = settle(
    claim(opened, NOON, 60) ?? opened,
    failed('Login incorrect.', '530'),
    NOON,
    undefined,
  )
  const facts = { source: '0478\r\n123456', destination: '100', receivedAt: '2026-11-25T11:00:00.000Z' }
  const fax: FaxEntry['fax'] = {
    id,
    site: 'main',
    state: 'routed',
    facts,
    tiffKey: `incoming/main/${id}.tif`,
    tiffBytes: 100,
    pages: 2,
    warnings: ['a row was lost'],
    reason: 'no section',
    openedAt: facts.receivedAt,
    revision: 1,
    ...changes,
  }
  return { fax, deliveries: [delivery] }
}

/** A world in which the ends of windows come when the test says so. */
function world({ isTold = true }: { isTold?: boolean } = {}) {
  const windows = new Map<string, NoticeWindow>()
  const sent: Told[] = []
  const ends: WindowEnd[] = []
  const clock = { now: NOON }
  const broken = { times: 0 }
  const dependencies: NotifyDependencies = {
    windows: {
      get: async (kind) => structuredClone(windows.get(kind)),
      put: async (window) => {
        if ((windows.get(window.kind)?.revision ?? -1) !== window.revision - 1) return false
        windows.set(window.kind, structuredClone(window))
        return true
      },
    },
    findFax: async (id) => entryOf(id),
    isTold: () => isTold,
    send: async (told) => {
      if (broken.times-- > 0) throw new Error('SES is away')
      sent.push(told)
    },
    sendLater: async (message) => void ends.push(message),
    pause: async () => {},
    now: () => clock.now,
  }
  const pass = (minutes: number) => {
    clock.now = new Date(clock.now.getTime() + minutes * 60_000)
  }
  const run = (message: NoticeMessage) => notify(dependencies, message)
  const endLast = async () => {
    const message = ends.at(-1)
    return message === undefined ? 'no window' : run(message)
  }
  return { windows, sent, ends, broken, dependencies, pass, run, endLast }
}

describe('a notice', () => {
  it('goes out at once for the first of its kind, and not again within the hour', async () => {
    const { run, sent, pass } = world()
    expect(await run(failedTo('ftp_a', 0))).toBe('sent')
    pass(10)
    expect(await run(failedTo('ftp_a', 1))).toBe('counted')
    expect(await run(failedTo('ftp_a', 1))).toBe('told already')
    expect(await run(failedTo('mail', 1))).toBe('sent')
    expect(sent.map(({ events, count }) => [events.map(({ event }) => event.backend), count])).toEqual([
      [['ftp_a'], 1],
      [['mail'], 1],
    ])
  })

  it('tells at the end of the hour what was counted, and is silent when nothing was', async () => {
    const { run, sent, pass, endLast } = world()
    await run(failedTo('ftp_a', 0))
    for (const number of [1, 2, 3]) await run(failedTo('ftp_a', number))
    pass(60)
    expect(await endLast()).toBe('sent')
    expect(sent.at(-1)).toMatchObject({ count: 3 })
    pass(60)
    expect(await endLast()).toBe('nothing more happened')
    expect(sent).toHaveLength(2)
    expect(await run(failedTo('ftp_a', 4))).toBe('sent')
  })

  it('goes out at once after the end of a window, though that came before its time', async () => {
    const { run, pass, endLast } = world()
    await run(failedTo('ftp_a', 0))
    pass(1)
    expect(await endLast()).toBe('nothing more happened')
    expect(await endLast()).toBe('over already')
    expect(await run(failedTo('ftp_a', 1))).toBe('sent')
  })

  it('goes out at once for a fax that somebody has tried again, although it was told of within the hour', async () => {
    const { run, sent, pass, endLast } = world()
    expect(await run(failedTo('ftp_a'))).toBe('sent')
    pass(10)
    expect(await run(askedFor(0))).toBe('sent')
    expect(await run(askedFor(0))).toBe('told already')
    expect(sent.at(-1)?.events).toMatchObject([{ event: { attempts: 2 } }])
    pass(1)
    expect(await run(askedFor(0, 3))).toBe('counted')
    pass(4)
    expect(await endLast()).toBe('sent')
    expect(sent.at(-1)?.events).toMatchObject([{ event: { attempts: 3 } }])
  })

  it('tells of a failure after a day as well, though the last notice was of the same fax', async () => {
    const { run, pass } = world()
    await run(failedTo('ftp_a'))
    pass(24 * 60)
    expect(await run({ ...failedTo('ftp_a'), attempts: 2 })).toBe('sent')
  })

  it('is one of a few, when five hundred that somebody has tried again fail within ten minutes', async () => {
    const { run, sent, ends, pass } = world()
    const ofMinute = (minute: number) => Array.from({ length: 50 }, (_, index) => minute * 50 + index + 2)
    for (let minute = 0; minute < 10; minute += 1) {
      for (const attempts of ofMinute(minute)) await run(askedFor(attempts, attempts))
      pass(1)
      for (const end of [...ends])
        if (Date.parse(end.until) <= NOON.getTime() + (minute + 1) * 60_000) await run(end)
    }
    expect(sent.map(({ count }) => count)).toEqual([1, 249, 250])
  })

  it('counts all that several invocations tell of at the same time', async () => {
    const { run, windows, dependencies } = world()
    const { get, put } = dependencies.windows
    const latency = () => new Promise<void>((resolve) => setImmediate(resolve))
    dependencies.pause = (milliseconds) => sleep(milliseconds / 20)
    dependencies.windows.get = async (kind) => latency().then(() => get(kind))
    dependencies.windows.put = async (window) => latency().then(() => put(window))
    const events = Array.from({ length: 200 }, (_, index) => ({ ...failedTo('ftp_a'), attempts: index }))
    const invocation = async () => {
      for (let event = events.pop(); event !== undefined; event = events.pop()) await run(event)
    }
    await Promise.all([invocation(), invocation()])
    const { toldCount = 0, sinceCount = 0 } = windows.get('failed ftp_a') ?? {}
    expect(toldCount + sinceCount).toBe(200)
  })

  it('that could not be sent goes out when its message comes again', async () => {
    const { run, sent, broken } = world()
    broken.times = 1
    await expect(run(failedTo('ftp_a'))).rejects.toThrow('SES is away')
    expect(await run(failedTo('ftp_a'))).toBe('sent')
    expect(await run(failedTo('ftp_a'))).toBe('told already')
    expect(sent).toHaveLength(1)
  })

  it('goes to nobody where nobody is named', async () => {
    const { run, sent, windows } = world({ isTold: false })
    await run(failedTo('ftp_a'))
    expect([sent, windows.size]).toEqual([[], 0])
  })

  it('is one an hour at most, one in five minutes of what was asked for, and leaves nothing untold, however events, ends and failures of SES fall', async () => {
    const event = fc.record({
      number: fc.nat({ max: 20 }),
      attempts: fc.integer({ min: 1, max: 3 }),
      asked: fc.boolean(),
    })
    const step = fc.oneof(
      { weight: 6, arbitrary: event },
      { weight: 2, arbitrary: fc.nat({ max: 70 }).map((minutes) => ({ pass: minutes })) },
      { weight: 1, arbitrary: fc.nat({ max: 4 }).map((minutes) => ({ pass: minutes })) },
      { weight: 2, arbitrary: fc.nat({ max: 5 }).map((end) => ({ end })) },
      { weight: 1, arbitrary: fc.constant({ fail: true }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { run, sent, ends, pass, broken } = world()
        const happened = new Set<string>()
        const noticed: { kind: string; minute: number }[] = []
        let minute = 0
        const attempt = async (message: NoticeMessage) => {
          const before = sent.length
          // Whatever throws comes again.
          for (let time = 0; time < 5; time += 1) {
            try {
              await run(message)
              break
            } catch {}
          }
          for (const { events } of sent.slice(before))
            for (const one of events.slice(0, 1)) noticed.push({ kind: kindOf(one.event), minute })
        }
        for (const one of steps) {
          if ('number' in one) {
            const { number, attempts, asked } = one
            const told = asked ? askedFor(number, attempts) : { ...failedTo('ftp_a', number), attempts }
            happened.add(`${kindOf(told)} ${idOf(told)}`)
            await attempt(told)
          } else if ('pass' in one) {
            pass(one.pass)
            minute += one.pass
          } else if ('end' in one) {
            const message = ends[one.end]
            if (message !== undefined && Date.parse(message.until) <= NOON.getTime() + minute * 60_000)
              await attempt(message)
          } else broken.times = 1
        }
        broken.times = 0
        pass(60)
        minute += 60
        for (const end of [...ends]) await attempt(end)
        const told = sent.flatMap(({ events }) =>
          events.map((one) => `${kindOf(one.event)} ${idOf(one.event)}`),
        )
        expect(new Set(told)).toEqual(happened)
        for (const [kind, least] of [
          ['failed ftp_a', 60],
          ['failed ftp_a, asked for', 5],
        ] as const) {
          const minutes = noticed.filter((one) => one.kind === kind).map((one) => one.minute)
          for (const [index, time] of minutes.entries())
            if (index > 0) expect(time - (minutes[index - 1] ?? 0)).toBeGreaterThanOrEqual(least)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('the mail of a notice', () => {
  const notices: Notices = {
    from: { address: 'fax@example.org', name: 'Fax' },
    language: 'en',
    recipients: Object.fromEntries(NOTICE_CAUSES.map((cause) => [cause, ['admin@example.org']])),
    alarms: [],
    texts: {},
  }
  const event = failedTo('ftp_a')
  const told: Told = { events: [{ event, entry: entryOf(event.faxId) }], count: 1 }
  const mailOf = async (changes: Partial<Notices>, what = told, link?: string) => {
    const { raw } = await composeNotice({ notices: { ...notices, ...changes }, timeZone: 'UTC' }, what, link)
    return PostalMime.parse(raw)
  }

  it('says what happened in the words of the other side, about which fax, and what to do', async () => {
    const { subject, text, to } = await mailOf({}, told, 'https://link.example/token')
    expect(subject).toBe('Fax not delivered to ftp_a (1)')
    expect(to?.map(({ address }) => address)).toEqual(['admin@example.org'])
    expect(text).toContain('530 Login incorrect.')
    expect(text).toContain('From: 0478 123456\n')
    expect(text).toContain(`faxlane retry ${event.faxId} --backend ftp_a`)
    expect(text).toContain('https://link.example/token')
  })

  it.each([
    ['en', /^Retry failed/],
    ['fr', /^Nouvel essai/],
    ['de', /^Erneuter Versuch/],
  ] as const)('says in %s that somebody had asked for it', async (language, subject) => {
    const asked: Told = { events: [{ event: askedFor(0), entry: entryOf(event.faxId) }], count: 1 }
    const mail = await mailOf({ language }, asked)
    expect(mail.subject).toMatch(subject)
    expect(mail.text).toContain('530 Login incorrect.')
  })

  it('lists several on a line each', async () => {
    const events = [0, 1].map((number) => ({
      event: failedTo('ftp_a', number),
      entry: entryOf(faxId(number)),
    }))
    const { text } = await mailOf({}, { events, count: 70 })
    expect(text).toContain('It happened 70 times')
    expect(text?.match(/0478 123456 > 100/g)).toHaveLength(2)
  })

  it.each(LANGUAGES.flatMap((language) => NOTICE_CAUSES.map((cause) => [language, cause] as const)))(
    'has texts that hold in %s for %s',
    async (language, cause) => {
      const what: Told = {
        events: [{ event: { cause, faxId: event.faxId }, entry: entryOf(event.faxId) }],
        count: 2,
      }
      for (const several of [what, { ...what, count: 1 }]) {
        const { subject, text } = await mailOf({ language }, several, 'https://link.example/token')
        expect(`${subject}${text}`).not.toMatch(/%\(|undefined/)
        expect(text).toContain('https://link.example/token')
      }
    },
  )

  it('of a fax that did not come whole says what is missing, and not that it was delivered', async () => {
    const remarks: FaxEntry['fax']['remarks'] = [{ remark: 'rows-damaged', rows: 1, pages: [1], count: 1 }]
    const entry = entryOf(event.faxId, {
      remarks,
      warnings: ['the receiving machine counted 1 damaged rows'],
    })
    const damaged: Told = { events: [{ event: { cause: 'damaged', faxId: event.faxId }, entry }], count: 1 }
    const { text } = await mailOf({}, damaged)
    expect(text).toMatch(
      /^A fax did not come in whole: 1 line is damaged and may not show what was sent, on page 1\. Whoever it is delivered to is told so\./,
    )
  })

  it.each<[NoticeEvent['cause'], Partial<FaxEntry['fax']>, string]>([
    [
      'damaged',
      { remarks: [{ remark: 'call-broke-off' }], warnings: ['The call broke off'] },
      'Un fax n’est pas arrivé entier : L’appel a été interrompu ; il peut donc manquer des pages à la fin. Réponse du PBX : « FAILED ». Ses destinataires en sont avertis.',
    ],
    [
      'missed',
      { state: 'missed' },
      'Quelqu’un a appelé, et aucune page n’a été reçue. Réponse du PBX : « FAILED ».',
    ],
    [
      'refused',
      { state: 'refused', reason: 'no TIFF: 8036 bytes that start with 25 50' },
      'Le fichier reçu n’a pas pu être converti ; il est conservé tel quel.',
    ],
  ])('is in French alone, of a fax that is %s', async (cause, changes, first) => {
    const { facts } = entryOf(event.faxId).fax
    const { source: _, ...withheld } = facts
    const entry = entryOf(event.faxId, { ...changes, facts: { ...withheld, status: 'FAILED' } })
    const { text } = await mailOf(
      { language: 'fr' },
      { events: [{ event: { cause, faxId: event.faxId }, entry }], count: 1 },
    )
    expect(text?.split(/\r?\n/)[0]).toBe(first)
    expect(text).toContain('De : inconnu')
    expect(text).not.toMatch(/unknown|bytes|page was|broke off/)
  })

  it('uses the texts of the table where it has any', async () => {
    const texts: Notices['texts'] = { failed: { subject: ['Panne : ', { variable: 'backend' }] } }
    expect(await mailOf({ texts })).toMatchObject({ subject: 'Panne : ftp_a' })
  })
})
