import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimKey } from '../../../shared/transmission/keys.ts'
import { transmissionReportSchema } from '../../../shared/transmission/transmit-job.ts'
import { header } from '../testing/transcripts.ts'
import { TransmitSite } from '../testing/transmit-site.ts'
import { attemptName } from './originate.ts'
import type { TransmitOptions } from './transmit-dependencies.ts'

let site: TransmitSite
let stop: () => Promise<void> = async () => {}

beforeEach(async () => {
  site = await TransmitSite.make()
})
afterEach(async () => {
  await stop()
  await site.end()
})

const NUMBER = '0478123456'

async function sendOne(outcome: string) {
  site.asterisk.outcomeOf = () => outcome
  const job = site.send(NUMBER)
  stop = await site.start()
  return { job, end: await site.ended(job) }
}

describe('each outcome that a real Asterisk gave', () => {
  it.each([
    [
      'ok',
      'sent',
      { pagesSent: 1, rate: 14_400, remoteStationId: '+33478123456' },
      { status: 'SUCCESS', error: 'HANGUP', statusText: 'OK', hangupCause: 16 },
    ],
    ['t38', 'sent', { pagesSent: 1 }, { status: 'SUCCESS' }],
    ['direct-t38', 'sent', { pagesSent: 1, rate: 14_400 }, { status: 'SUCCESS' }],
    ['busy', 'busy', { pagesSent: 0, callSeconds: 0 }, { hangupCause: 17, hangupText: 'User busy' }],
    [
      'congestion',
      'congestion',
      { callSeconds: 0 },
      { hangupCause: 34, hangupText: 'Circuit/channel congestion' },
    ],
    [
      'noanswer',
      'no-answer',
      { callSeconds: 0 },
      { hangupCause: 19, hangupText: 'User alerting, no answer' },
    ],
    [
      'unknown-number',
      'unallocated',
      { callSeconds: 0 },
      { hangupCause: 1, hangupText: 'Unallocated (unassigned) number' },
    ],
    [
      'missing-file',
      'file',
      { pagesSent: 0 },
      { status: 'FAILED', error: 'FILE_ERROR', statusText: 'error reading file', hangupCause: 0 },
    ],
    ['not-a-tiff', 'file', { pagesSent: 0 }, { status: 'FAILED', error: 'TIFF/F file cannot be opened' }],
    ['cut-midway', 'line', { pagesSent: 0 }, { status: 'FAILED', error: 'The call dropped prematurely' }],
    ['voice-answers', 'line', { pagesSent: 0 }, { status: 'FAILED', error: 'The call dropped prematurely' }],
    [
      'cancel-by-agent',
      'line',
      { pagesSent: 0 },
      { status: 'FAILED', error: 'The call dropped prematurely' },
    ],
  ] as const)('%s is reported as %s, with the PBX’s words', async (outcome, cause, end, foreign) => {
    // Progress that the fake makes up would count as pages.
    site.asterisk.denied.add('FAXSessions')
    const { job, end: found } = await sendOne(outcome)
    expect(found).toMatchObject({ event: 'ended', cause, ...end, foreign })
    expect(site.eventsOf(job).at(0)).toEqual({ event: 'dialling' })
    for (const report of site.reports) expect(transmissionReportSchema.parse(report)).toEqual(report)
    expect(site.asterisk.dialled).toHaveLength(1)
    expect(await readdir(site.outgoing)).toEqual([])
  })

  it('dials as the PBX wants it', async () => {
    const { job } = await sendOne('ok')
    const [dialled] = site.asterisk.dialled
    expect(dialled?.lines.filter((line) => !line.startsWith('Variable: XIVO'))).toEqual([
      'Action: Originate',
      `ActionID: ${job.transmissionId}-1`,
      'Channel: Local/0478123456@default',
      `ChannelId: ${job.transmissionId}-1`,
      `OtherChannelId: ${job.transmissionId}-1-b`,
      'Context: txfax',
      'Exten: s',
      'Priority: 1',
      'CallerID: <0112697845>',
      'Timeout: 30000',
      'Async: true',
      `Variable: FAX_JOB=${job.transmissionId}-1`,
      'Variable: FAX_LOCALID=+33112697845',
      'Variable: FAX_ECM=yes',
      'Variable: FAX_MAXRATE=14400',
      'Variable: FAX_SECONDS=600',
    ])
    expect(header(dialled?.lines.filter((line) => line.includes('XIVO')) ?? [], 'Variable')).toBe(
      `XIVO_FAX_PATH=${join(site.outgoing, `${job.transmissionId}-1.tif`)}`,
    )
  })

  it('tells how far it has come, and not too often', async () => {
    site.asterisk.hold()
    const job = site.send(NUMBER)
    stop = await site.start({ reportMilliseconds: 100 })
    const sending = () => site.eventsOf(job).filter(({ event }) => event === 'sending')
    const since = performance.now()
    // The fake confirms a page every 20 ms.
    await until(() => sending().length >= 4)
    expect(performance.now() - since).toBeGreaterThan(250)
    site.asterisk.release()
    await site.ended(job)
    expect(sending().at(-1)).toMatchObject({ rate: 14_400 })
  })

  it('masks the number in the log', async () => {
    await sendOne('ok')
    expect(site.lines.join('\n')).toContain('to=***456')
    expect(site.lines.join('\n')).not.toContain(NUMBER)
  })
})

describe('the claim', () => {
  it('is taken before the call, and an attempt that was canceled first is not dialled', async () => {
    const job = site.send(NUMBER)
    site.claims.held.set(claimKey(job), 'canceled')
    stop = await site.start()
    expect(await site.ended(job)).toMatchObject({ cause: 'canceled' })
    expect(site.asterisk.dialled).toEqual([])
  })

  it('of another agent is waited for, whatever its clock, and past its time nobody knows', async () => {
    const [fresh, ahead, old] = [site.send(NUMBER), site.send(NUMBER), site.send(NUMBER)]
    site.claims.held.set(claimKey(fresh), `another ${new Date().toISOString()}`)
    site.claims.held.set(claimKey(ahead), `another ${new Date(Date.now() + 3_600_000).toISOString()}`)
    site.claims.held.set(claimKey(old), 'another 2026-11-25T08:00:00.000Z')
    stop = await site.start()
    expect(await site.ended(old)).toMatchObject({ cause: 'unknown' })
    expect([fresh, ahead].map((job) => site.endOf(job))).toEqual([undefined, undefined])
    expect(site.asterisk.dialled).toEqual([])
  })
})

describe('a claim of its own, from before it was killed,', () => {
  async function claimedBefore(milliseconds: number) {
    const dependencies = await site.dependencies()
    const job = site.send(NUMBER)
    const at = new Date(Date.now() - milliseconds).toISOString()
    site.claims.held.set(claimKey(job), `${dependencies.journal.instance} ${at}`)
    stop = site.run(dependencies, {})
    return site.ended(job)
  }
  /** Of the job: what it may ring and last. */
  const CALL_MILLISECONDS = (30 + 600) * 1000

  it('is good for a call as long as that could have lasted', async () => {
    expect(await claimedBefore(CALL_MILLISECONDS - 60_000)).toMatchObject({ cause: 'sent' })
  })

  it.each([
    ['older than that', CALL_MILLISECONDS + 1000],
    ['of a day that is yet to come, since the clock was put back', -86_400_000],
  ])(
    '%s is good for none: an operator may have ended the attempt, and its sender sent it again',
    async (_, age) => {
      expect(await claimedBefore(age)).toMatchObject({
        cause: 'pbx',
        text: expect.stringContaining('not dialled in the time for that'),
      })
      expect(site.asterisk.dialled).toEqual([])
    },
  )

  it('grows old while the machine stands still before the call as well', async () => {
    const real = await site.dependencies()
    const take: typeof real.claims.take = async (...given) => {
      const answer = await real.claims.take(...given)
      // The clock that nobody sets stands still with it.
      site.clockSetMilliseconds = 5 * 3_600_000
      return answer
    }
    const job = site.send(NUMBER)
    stop = site.run({ ...real, claims: { take } }, {})
    expect(await site.ended(job)).toMatchObject({ cause: 'pbx' })
    expect(site.asterisk.dialled).toEqual([])
  })
})

describe('the document', () => {
  it('that is gone, or other than announced, is not dialled for', async () => {
    const [gone, other] = [site.send(NUMBER), site.send(NUMBER, { sha256: 'another' })]
    site.documents.delete(gone.key)
    stop = await site.start()
    expect(await site.ended(gone)).toMatchObject({ cause: 'file', text: expect.stringContaining('gone') })
    expect(await site.ended(other)).toMatchObject({
      cause: 'file',
      text: expect.stringContaining('checksum'),
    })
    expect(site.asterisk.dialled).toEqual([])
    expect(await readdir(site.outgoing)).toEqual([])
  })

  it('of an attempt that is over is cleared at the start, and nothing else is', async () => {
    await writeFile(join(site.outgoing, '20261125T080000Z-000000000000-1.tif'), '')
    await writeFile(join(site.outgoing, '20261125T080000Z-000000000000-2.tif.part'), '')
    await writeFile(join(site.outgoing, 'README'), '')
    stop = await site.start()
    await site.ended(site.send(NUMBER))
    expect(await readdir(site.outgoing)).toEqual(['README'])
  })
})

describe('a message', () => {
  it('that comes again is answered from the journal', async () => {
    const { job, end } = await sendOne('ok')
    site.queue.add('again', JSON.stringify(job))
    await until(() => site.queue.messages.size === 0)
    expect(site.eventsOf(job).filter(({ event }) => event === 'ended')).toEqual([end, end])
    expect(site.asterisk.dialled).toHaveLength(1)
  })

  it('of a further attempt is a further call', async () => {
    site.asterisk.outcomeOf = () => 'busy'
    const { job } = await sendOne('busy')
    const again = site.send(NUMBER, { transmissionId: job.transmissionId, attempt: 2 })
    await site.ended(again)
    expect(site.asterisk.dialled.map(({ uniqueId }) => uniqueId)).toEqual([
      attemptName(job),
      attemptName(again),
    ])
  })

  it('of which two come at once is one call', async () => {
    const job = site.send(NUMBER)
    site.queue.add('twin', JSON.stringify(job))
    stop = await site.start({ channels: 2 })
    await site.ended(job)
    expect(site.asterisk.dialled).toHaveLength(1)
  })

  it.each([
    ['no JSON', 'hello'],
    ['no job', '{}'],
    ['for another site', undefined],
  ])('that is %s stays for the dead letters', async (_, body) => {
    const job = site.send(NUMBER, { site: 'berlin' })
    site.queue.messages.clear()
    site.queue.add('strange', body ?? JSON.stringify(job))
    stop = await site.start()
    await until(() => site.lines.some((line) => line.startsWith('error no-transmit-job')))
    expect([...site.queue.messages.keys()]).toEqual(['strange'])
    expect(site.asterisk.dialled).toEqual([])
  })

  it('stays until its report is sent', async () => {
    site.asterisk.outcomeOf = () => 'busy'
    const job = site.send(NUMBER)
    let faults = 3
    site.reportFault = () => (faults-- > 0 ? new Error('SQS is away') : undefined)
    stop = await site.start()
    expect(await site.ended(job)).toMatchObject({ cause: 'busy' })
    expect(site.asterisk.dialled).toHaveLength(1)
  })

  it('is served on as many channels as there are, and no more', async () => {
    let most = 0
    site.asterisk.haste = 400
    site.asterisk.outcomeOf = () => {
      most = Math.max(most, site.asterisk.liveCalls() + 1)
      return 'ok'
    }
    const jobs = Array.from({ length: 8 }, (_, index) => site.send(`04781234${index}`))
    stop = await site.start({ channels: 3 })
    for (const job of jobs) await site.ended(job)
    expect(most).toBe(3)
  })
})

describe('a PBX that is away', () => {
  it('is waited for, with the attempt unclaimed', async () => {
    await site.asterisk.stop()
    const job = site.send(NUMBER)
    stop = await site.start()
    await until(() => site.lines.some((line) => line.includes('pbx-not-reached')))
    await pause(30)
    expect(site.claims.held.size).toBe(0)
    await site.asterisk.start()
    expect(await site.ended(job)).toMatchObject({ cause: 'sent' })
  })

  it('fails the fax after the patience, in words that help', async () => {
    await site.asterisk.stop()
    const job = site.send(NUMBER)
    stop = await site.start({ patienceMilliseconds: 40 })
    const end = await site.ended(job)
    expect(end).toMatchObject({ cause: 'pbx', text: expect.stringContaining('ECONNREFUSED') })
    expect(site.asterisk.dialled).toEqual([])
  })

  it('that refuses the call is told in its own words', async () => {
    site.asterisk.denied.add('Originate')
    const { end } = await sendOne('ok')
    expect(end).toMatchObject({ cause: 'pbx', text: 'The PBX could not place the call: Permission denied' })
  })

  it('that knows no such context fails the call', async () => {
    site.asterisk.contexts = []
    const { end } = await sendOne('ok')
    expect(end).toMatchObject({ cause: 'pbx', callSeconds: 0 })
  })
})

describe('a call in the middle of which', () => {
  beforeEach(() => {
    site.asterisk.denied.add('FAXSessions')
    site.asterisk.hold()
  })

  async function inTheMiddle(options: Partial<TransmitOptions> = {}) {
    const job = site.send(NUMBER)
    stop = await site.start(options)
    await until(() => site.eventsOf(job).some(({ event }) => event === 'sending'))
    return job
  }

  /** The agent is there again, and has asked whether the call lives. */
  const lookedSince = (asked: number) => until(() => site.asterisk.asked.slice(asked).includes('Status'))

  it('the connection is lost goes on', async () => {
    const job = await inTheMiddle()
    const asked = site.asterisk.asked.length
    site.asterisk.dropConnections()
    await lookedSince(asked)
    site.asterisk.release()
    expect(await site.ended(job)).toMatchObject({ cause: 'sent', pagesSent: 1 })
  })

  it('Asterisk is restarted is unknown, and not dialled again', async () => {
    const job = await inTheMiddle()
    await site.asterisk.stop()
    await site.asterisk.start()
    expect(await site.ended(job)).toMatchObject({ cause: 'unknown' })
    expect(site.asterisk.dialled).toHaveLength(1)
  })

  it('Asterisk goes away for good is unknown after the patience', async () => {
    const job = await inTheMiddle({ patienceMilliseconds: 100 })
    await site.asterisk.stop()
    expect(await site.ended(job)).toMatchObject({ cause: 'unknown' })
  })

  it('the agent is restarted is followed to its end', async () => {
    const job = await inTheMiddle()
    await stop()
    await pause(150)
    expect(site.endOf(job)).toBeUndefined()
    const asked = site.asterisk.asked.length
    stop = await site.start()
    await lookedSince(asked)
    site.asterisk.release()
    expect(await site.ended(job)).toMatchObject({ cause: 'sent', pagesSent: 1 })
    expect(site.asterisk.dialled).toHaveLength(1)
    // From the answer, which the first agent saw.
    expect(site.endOf(job)?.callSeconds).toBeGreaterThan(0.1)
  })

  it('the agent is restarted, while the call ends, is unknown', async () => {
    const job = await inTheMiddle()
    await stop()
    site.asterisk.release()
    await until(() => site.asterisk.liveCalls() === 0)
    stop = await site.start()
    expect(await site.ended(job)).toMatchObject({ cause: 'unknown' })
    expect(site.asterisk.dialled).toHaveLength(1)
  })

  it.each([
    ['forward', 36_000_000],
    ['back', -36_000_000],
  ])('the clock is set %s goes on, and is as long as it was', async (_, milliseconds) => {
    const job = await inTheMiddle()
    site.clockSetMilliseconds = milliseconds
    await pause(100)
    expect(site.asterisk.liveCalls()).toBe(1)
    site.asterisk.release()
    expect(await site.ended(job)).toMatchObject({ cause: 'sent', pagesSent: 1 })
    expect(site.endOf(job)?.callSeconds).toBeLessThan(60)
  })

  it('the clock is set and the agent restarted is followed to its end', async () => {
    const job = await inTheMiddle()
    await stop()
    site.clockSetMilliseconds = 36_000_000
    stop = await site.start()
    await until(() => site.lines.filter((line) => line.includes('pbx-connected')).length === 2)
    await pause(100)
    expect(site.asterisk.liveCalls()).toBe(1)
    site.asterisk.release()
    expect(await site.ended(job)).toMatchObject({ cause: 'sent', pagesSent: 1 })
  })

  it('nothing ends is hung up after its time', async () => {
    site.asterisk.outcomeOf = () => 'voice-answers'
    const job = site.send(NUMBER, { answerSeconds: 10, callSeconds: 60 })
    // As if the 70 seconds had passed.
    stop = await site.start({ graceMilliseconds: -69_500, settleMilliseconds: 1000 })
    expect(await site.ended(job)).toMatchObject({ cause: 'line', foreign: { status: 'FAILED' } })
    expect(site.asterisk.liveCalls()).toBe(0)
  })

  it('the agent is told to stop is given time to end', async () => {
    const job = await inTheMiddle({ stopMilliseconds: 20_000 })
    const stopped = stop()
    site.asterisk.release()
    await stopped
    stop = async () => {}
    expect(site.endOf(job)).toMatchObject({ cause: 'sent' })
  })
})

async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain:\n${site.lines.join('\n')}`)
    await pause(2)
  }
}
