import { describe, expect, it } from 'vitest'
import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import { standingOf } from '../../shared/ledger/standing.ts'
import type { DispatchRequest } from '../../shared/messages.ts'
import { delivered, failed, retry } from '../../shared/outcome.ts'
import { bounce, claim, openDelivery, settle } from '../ledger/delivery-transitions.ts'
import { FileGone } from '../storage/file-gone.ts'
import { dispatch } from './dispatch.ts'
import { FAX_ID, fax, LATER, log, mailOf, makeWorld, NOON, printer } from './testing/dispatch-world.ts'

const ask = (request: Partial<DispatchRequest> = {}): DispatchRequest => ({
  version: 1,
  faxId: FAX_ID,
  because: 'retry',
  ...request,
})

const opened = openDelivery(FAX_ID, { name: 'mail', kind: 'mail' }, NOON)
const claimed = claim(opened, NOON, 60) as DeliveryRecord
const ended = settle(claimed, delivered('id', 'ok'), NOON, undefined)
/** How the ledger may have the delivery when it is asked for. */
const RECORDS = {
  none: undefined,
  opened,
  'after an attempt': settle(claimed, retry('busy'), NOON, 60),
  claimed,
  delivered: ended,
  failed: settle(claimed, failed('no'), NOON, undefined),
  bounced: bounce(ended, failed('550 user unknown'), NOON) as DeliveryRecord,
} as const

describe('a delivery that is asked for', () => {
  it.each([
    // The fallback of several, or of one that ends twice, is delivered once.
    ['fallback', 'none', 'sent', 'waiting'],
    ['fallback', 'opened', 'sent', 'waiting'],
    ['fallback', 'after an attempt', 'not sent', 'waiting'],
    ['fallback', 'claimed', 'not sent', 'claimed'],
    ['fallback', 'delivered', 'not sent', 'delivered'],
    ['fallback', 'failed', 'not sent', 'failed'],
    ['fallback', 'bounced', 'not sent', 'bounced'],
    // What arrived is not delivered again; what came to nothing begins anew.
    ['retry', 'none', 'sent', 'waiting'],
    ['retry', 'opened', 'sent', 'waiting'],
    ['retry', 'after an attempt', 'sent', 'waiting'],
    ['retry', 'claimed', 'sent', 'claimed'],
    ['retry', 'delivered', 'not sent', 'delivered'],
    ['retry', 'failed', 'sent', 'waiting'],
    ['retry', 'bounced', 'sent', 'waiting'],
    // Only what is open can have lost its message.
    ['lost', 'none', 'sent', 'waiting'],
    ['lost', 'opened', 'sent', 'waiting'],
    ['lost', 'after an attempt', 'sent', 'waiting'],
    ['lost', 'claimed', 'sent', 'claimed'],
    ['lost', 'delivered', 'not sent', 'delivered'],
    ['lost', 'failed', 'not sent', 'failed'],
    ['lost', 'bounced', 'not sent', 'bounced'],
  ] as const)('as %s, where its record is %s, is %s, and then %s', async (because, before, sent, after) => {
    const { dependencies, did, ledger } = await makeWorld()
    const record = RECORDS[before]
    if (record !== undefined) await ledger.addDelivery(record)
    expect(await dispatch(dependencies, ask({ because, backend: 'mail' }))).toEqual({ backends: ['mail'] })
    const now = await ledger.getDelivery(FAX_ID, 'mail')
    expect(now?.state).toBe(after)
    expect(
      did.messages.map(({ backend, attempts, recipients }) => [backend.name, attempts, recipients]),
    ).toEqual(sent === 'sent' ? [['mail', record?.attempts ?? 0, ['office@example.org']]] : [])
    // Touched only where it goes on from an end.
    if (record !== undefined && record.state === after) expect(now).toEqual(record)
  })

  it('in the place of another is known as its fallback', async () => {
    const { dependencies, ledger } = await makeWorld()
    await dispatch(dependencies, ask({ because: 'fallback', backend: 'log', fallbackOf: 'mail' }))
    expect(await ledger.getDelivery(FAX_ID, 'log')).toMatchObject({ fallbackOf: 'mail', state: 'waiting' })
  })

  it('once more has its whole schedule before it, and keeps what was said, and that it may have arrived', async () => {
    const { dependencies, ledger } = await makeWorld()
    await ledger.addDelivery({ ...RECORDS.bounced, waitedSeconds: 86_400 })
    await dispatch(dependencies, ask({ backend: 'mail' }))
    const { history } = RECORDS.bounced
    expect(await ledger.getDelivery(FAX_ID, 'mail')).toMatchObject({
      waitedSeconds: 0,
      nextAttemptAt: LATER.toISOString(),
      attempts: 1,
      maybeDelivered: true,
      history,
    })
  })

  it('once more although it was delivered is marked, once for each time that somebody asks', async () => {
    const { dependencies, ledger, did } = await makeWorld()
    await ledger.addDelivery(RECORDS.delivered)
    const againAt = '2026-11-23T14:00:00.000Z'
    const again = ask({ backend: 'mail', againAt })
    await dispatch(dependencies, again)
    const record = (await ledger.getDelivery(FAX_ID, 'mail')) as DeliveryRecord
    expect(record).toMatchObject({ state: 'waiting', askedForAt: againAt, maybeDelivered: true })
    expect(did.messages.map(({ attempts }) => attempts)).toEqual([1])
    // The request comes again after what it asked for was delivered.
    const second = settle(
      claim(record, LATER, 60) as DeliveryRecord,
      delivered('id2', 'ok'),
      LATER,
      undefined,
    )
    for (const next of [claim(record, LATER, 60) as DeliveryRecord, second])
      expect(await ledger.replaceDelivery(next)).toBe(true)
    await dispatch(dependencies, again)
    expect(did.messages).toHaveLength(1)
    await dispatch(dependencies, { ...again, againAt: '2026-11-23T14:30:00.000Z' })
    expect(did.messages).toHaveLength(2)
  })

  it('once more while it is on its way stays as it is', async () => {
    for (const before of ['after an attempt', 'claimed'] as const) {
      const { dependencies, ledger } = await makeWorld()
      await ledger.addDelivery(RECORDS[before])
      await dispatch(dependencies, ask({ backend: 'mail', againAt: '2026-11-23T14:00:00.000Z' }))
      expect(await ledger.getDelivery(FAX_ID, 'mail')).toEqual(RECORDS[before])
    }
  })

  it('while its record changes is asked for again', async () => {
    const { dependencies, ledger, did } = await makeWorld()
    await ledger.addDelivery(RECORDS.failed)
    const beaten = { ...dependencies, ledger: { ...ledger, replaceDelivery: async () => false } }
    await expect(dispatch(beaten, ask({ backend: 'mail' }))).rejects.toThrow('changed meanwhile')
    expect(did.messages).toEqual([])
  })

  it('of a printer once more is a job that prints anew, and whose title says that it may be a duplicate', async () => {
    const { dependencies, did, ledger } = await makeWorld({ backends: [printer] })
    await dispatch(dependencies, ask({ backend: 'printer_office' }))
    const opened = (await ledger.getDelivery(FAX_ID, 'printer_office')) as DeliveryRecord
    await ledger.replaceDelivery(settle(opened, delivered('office-1', 'ok'), LATER, undefined))
    const againAt = '2026-11-23T16:00:00.000Z'
    await dispatch(dependencies, ask({ backend: 'printer_office', againAt }))
    expect(did.jobs.map(({ wantedAt, again, title }) => [wantedAt, again, title])).toEqual([
      [LATER.toISOString(), undefined, 'Fax 100 from unknown'],
      [againAt, true, 'Fax 100 from unknown (possible duplicate)'],
    ])
  })

  it('of a printer, whose file is in the bucket no more, is given up and goes to its fallback', async () => {
    const { dependencies, ledger, did, requests, told } = await makeWorld({
      backends: [{ ...printer, fallback: 'mail' }, mailOf('mail')],
    })
    const readObject = async (key: string) => Promise.reject(new FileGone(key))
    await dispatch({ ...dependencies, readObject }, ask({ backend: 'printer_office' }))
    expect(await ledger.getDelivery(FAX_ID, 'printer_office')).toMatchObject({
      state: 'failed',
      history: [{ result: { text: expect.stringContaining('is not in the bucket any more') } }],
    })
    expect([did.jobs, requests.map(({ backend }) => backend), told.length]).toEqual([[], ['mail'], 1])
  })

  it('of a printer gets its own copies of the files first', async () => {
    const { dependencies, did } = await makeWorld({ backends: [{ ...printer, format: 'tiff' }] })
    await dispatch(dependencies, ask({ backend: 'printer_office' }))
    expect(did.log).toEqual([
      `put print/main/${FAX_ID}-printer_office.tif of ${fax.tiffKey}`,
      `put print/main/${FAX_ID}-printer_office.pdf of ${fax.pdfKey}`,
      'job of printer_office at main',
    ])
  })
})

describe('in the place of one that may have delivered', () => {
  const fallback = ask({ because: 'fallback', backend: 'log', fallbackOf: 'mail', maybeDelivered: true })

  it('a fax says so', async () => {
    const { dependencies, ledger } = await makeWorld()
    await dispatch(dependencies, fallback)
    expect(await ledger.getDelivery(FAX_ID, 'log')).toMatchObject({
      maybeDelivered: true,
      attempts: 0,
      revision: 0,
    })
  })

  it('a fax says so as well where it was opened in the place of another one that had not', async () => {
    const { dependencies, ledger, did } = await makeWorld()
    const { maybeDelivered: _, ...sure } = fallback
    await dispatch(dependencies, { ...sure, fallbackOf: 'ftp' })
    await dispatch(dependencies, fallback)
    expect(await ledger.getDelivery(FAX_ID, 'log')).toMatchObject({ maybeDelivered: true, fallbackOf: 'ftp' })
    expect(did.messages).toHaveLength(2)
  })
})

describe('a backend that the table has no more', () => {
  const gone = { because: 'fallback', backend: 'ftp_archive', fallbackOf: 'mail' } as const
  const recordOf = (record: DeliveryRecord) => ({
    ...record,
    backend: 'ftp_archive',
    kind: 'ftp',
    fallback: 'log',
  })

  it.each([
    ['fallback', undefined],
    ['lost', undefined],
    ['lost', 'opened'],
    ['lost', 'after an attempt'],
    ['lost', 'claimed'],
  ] as const)('is given up on record, as %s, where its record is %s', async (because, before) => {
    const { dependencies, ledger, told, counted, did, requests } = await makeWorld()
    if (before !== undefined) await ledger.addDelivery(recordOf(RECORDS[before]))
    const { backends, nothing } = await dispatch(dependencies, ask({ ...gone, because }))
    expect([backends, nothing]).toEqual([[], 'the routing table has no such backend any more'])
    const record = await ledger.getDelivery(FAX_ID, 'ftp_archive')
    expect(record).toMatchObject({
      kind: 'ftp',
      state: 'failed',
      maybeDelivered: before === 'claimed',
      attempts: before === 'after an attempt' ? 2 : 1,
    })
    expect(record?.history.at(-1)?.result).toMatchObject({
      code: 'no-backend',
      text: 'The routing table has no ftp_archive any more.',
    })
    expect(told).toMatchObject([{ cause: 'failed', backend: 'ftp_archive' }])
    expect([counted, did.messages]).toEqual([['DeliveriesFailed'], []])
    // What delivers in its place is known from before only.
    expect(requests.map(({ backend }) => backend)).toEqual(before === undefined ? [] : ['log'])
    if (because !== 'fallback' || before !== undefined) return
    const failedFax = { ...fax, backends: ['mail'] }
    const first = { ...RECORDS.failed, fallback: 'ftp_archive' }
    expect(standingOf({ fax: failedFax, deliveries: [first, record as DeliveryRecord] })).toBe('failed')
  })

  it('may be on its queue with its settings of before: it goes on', async () => {
    const { dependencies, ledger, told } = await makeWorld()
    for (const because of ['fallback', 'retry'] as const) {
      const record = recordOf(RECORDS['after an attempt'])
      await ledger.addDelivery(record)
      await dispatch(dependencies, ask({ ...gone, because }))
      expect(await ledger.getDelivery(FAX_ID, 'ftp_archive')).toEqual(record)
    }
    expect(told).toEqual([])
  })

  it('is followed up again where the first time was cut off', async () => {
    const { dependencies, ledger, requests, told } = await makeWorld()
    await ledger.addDelivery(recordOf(RECORDS.failed))
    await dispatch(dependencies, ask({ ...gone, because: 'lost' }))
    expect([requests.length, told.length]).toEqual([1, 1])
  })

  it('passes on that what it stands in for may have delivered', async () => {
    const { dependencies, ledger } = await makeWorld()
    await dispatch(dependencies, ask({ ...gone, maybeDelivered: true }))
    expect(await ledger.getDelivery(FAX_ID, 'ftp_archive')).toMatchObject({
      maybeDelivered: true,
      fallbackOf: 'mail',
    })
  })

  it('gets no record where an operator asks for it', async () => {
    const { dependencies, ledger, told } = await makeWorld()
    await dispatch(dependencies, ask({ ...gone, because: 'retry' }))
    expect([ledger.deliveries.size, told]).toEqual([0, []])
  })
})

describe('a print job whose message is gone', () => {
  const opening = (hours: number) => {
    const at = new Date(LATER.getTime() - hours * 3_600_000)
    return openDelivery(FAX_ID, { ...printer, fallback: 'mail' }, at)
  }
  const lost = ask({ because: 'lost', backend: 'printer_office' })

  it('is given up after the ten days that its queue keeps it, and goes to its fallback marked', async () => {
    const { dependencies, ledger, did, requests, told } = await makeWorld({ backends: [printer, log] })
    await ledger.addDelivery(opening(241))
    await dispatch(dependencies, lost)
    expect(await ledger.getDelivery(FAX_ID, 'printer_office')).toMatchObject({ state: 'failed' })
    expect(requests).toMatchObject([{ backend: 'mail', because: 'fallback', maybeDelivered: true }])
    expect([did.jobs, told.length]).toEqual([[], 1])
  })

  it('is sent once more where an operator asks for it, however old it is', async () => {
    const { dependencies, ledger, did } = await makeWorld({ backends: [printer, log] })
    await ledger.addDelivery(opening(1000))
    await dispatch(dependencies, ask({ backend: 'printer_office' }))
    expect([did.jobs.length, (await ledger.getDelivery(FAX_ID, 'printer_office'))?.state]).toEqual([
      1,
      'waiting',
    ])
  })

  it('is sent once more before that, and whenever an operator asks for it', async () => {
    const { dependencies, ledger, did } = await makeWorld({ backends: [printer, log] })
    const record = opening(239)
    await ledger.addDelivery(record)
    await dispatch(dependencies, lost)
    await dispatch(dependencies, ask({ backend: 'printer_office' }))
    expect(did.jobs).toHaveLength(2)
    expect(await ledger.getDelivery(FAX_ID, 'printer_office')).toEqual(record)
  })
})

describe('without a backend', () => {
  it('whatever ended badly is tried again, and nothing else', async () => {
    const backends = ['a', 'b', 'c', 'd'].map((name) => mailOf(`mail_${name}`))
    const { dependencies, ledger, did } = await makeWorld({ backends })
    const records = [RECORDS.failed, RECORDS.bounced, RECORDS.delivered, RECORDS['after an attempt']]
    for (const [index, record] of records.entries())
      await ledger.addDelivery({ ...record, backend: backends[index]?.name ?? '' })
    expect(await dispatch(dependencies, ask())).toEqual({ backends: ['mail_a', 'mail_b'] })
    expect(did.messages.map(({ backend }) => backend.name)).toEqual(['mail_a', 'mail_b'])
  })

  it('one whose queue is gone keeps none of the others', async () => {
    const backends = [{ ...printer, site: 'lyon' }, mailOf('mail')]
    const { dependencies, ledger, did } = await makeWorld({ backends })
    for (const { name, kind } of backends)
      await ledger.addDelivery({ ...RECORDS.failed, backend: name, kind })
    const broken = {
      ...dependencies,
      enqueuePrintJob: async () => {
        throw new Error('QueueDoesNotExist')
      },
    }
    await expect(dispatch(broken, ask())).rejects.toThrow('QueueDoesNotExist')
    expect(did.messages.map(({ backend }) => backend.name)).toEqual(['mail'])
  })

  it('nothing is done where nothing has failed', async () => {
    const { dependencies, ledger, did } = await makeWorld()
    await ledger.addDelivery(RECORDS.delivered)
    expect(await dispatch(dependencies, ask())).toEqual({ backends: [], nothing: 'nothing of it has failed' })
    expect(did.log).toEqual([])
  })
})

describe('of a fax that was unrouted', () => {
  const unrouted = { ...fax, state: 'unrouted', backends: undefined, reason: 'no section for 100' } as const

  it('deliveries are made by the table as it is now, and the fax is routed from then on', async () => {
    const { dependencies, ledger, did } = await makeWorld({ fax: unrouted })
    expect(await dispatch(dependencies, ask())).toEqual({ backends: ['mail'] })
    expect(did.messages).toHaveLength(1)
    const { reason, ...record } = (await ledger.getFax(FAX_ID)) ?? {}
    expect([record, reason]).toMatchObject([{ state: 'routed', backends: ['mail'], revision: 1 }, undefined])
  })

  it('one is made to the backend that somebody names, and the fax is routed there', async () => {
    const { dependencies, ledger, did } = await makeWorld({ fax: unrouted, numbers: {} })
    expect(await dispatch(dependencies, ask({ backend: 'log' }))).toEqual({ backends: ['log'] })
    expect(did.messages.map(({ backend }) => backend.name)).toEqual(['log'])
    expect(await ledger.getFax(FAX_ID)).toMatchObject({ state: 'routed', backends: ['log'] })
  })

  it('none is made to a backend that the table does not have, and the fax stays as it is', async () => {
    const { dependencies, ledger } = await makeWorld({ fax: unrouted })
    await dispatch(dependencies, ask({ backend: 'nope' }))
    expect(await ledger.getFax(FAX_ID)).toMatchObject({ state: 'unrouted', revision: 0 })
  })

  it('none are made while the table has no section for its number', async () => {
    const { dependencies, ledger, did } = await makeWorld({ fax: unrouted, numbers: {} })
    expect((await dispatch(dependencies, ask())).nothing).toContain('still has no section')
    expect([did.log, await ledger.getFax(FAX_ID)]).toMatchObject([[], { state: 'unrouted', revision: 0 }])
  })
})

describe('nothing is ever delivered', () => {
  it.each([
    ['simulated', fax],
    ['refused', { ...fax, pages: undefined, pdfKey: undefined }],
    ['missed', { ...fax, pages: undefined, pdfKey: undefined }],
  ] as const)('of a fax that is %s', async (state, record) => {
    const { dependencies, did, ledger } = await makeWorld({ fax: { ...record, state } })
    for (const backend of [undefined, 'mail']) {
      const { backends, nothing } = await dispatch(dependencies, ask({ ...(backend && { backend }) }))
      expect([backends, nothing]).toEqual([[], expect.stringContaining(state)])
    }
    expect([did.log, ledger.deliveries.size]).toEqual([[], 0])
  })

  it('of one that is still being received, which is asked for again', async () => {
    const { dependencies, did, ledger } = await makeWorld({ fax: { ...fax, state: 'received' } })
    await expect(dispatch(dependencies, ask({ backend: 'mail' }))).rejects.toThrow('still being received')
    expect([did.log, ledger.deliveries.size]).toEqual([[], 0])
  })

  it('of a fax that the ledger does not know', async () => {
    const { dependencies, did } = await makeWorld({ fax: undefined })
    expect((await dispatch(dependencies, ask())).nothing).toContain('no such fax')
    expect(did.log).toEqual([])
  })
})
