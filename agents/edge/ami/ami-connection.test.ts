import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realWaiting } from '../../waiting.ts'
import { AMI_SECRET, AMI_USER, FakeAsterisk } from '../testing/fake-asterisk.ts'
import { AmiLost, AmiRefusal, connectAmi, MOST_COLLECTED } from './ami-connection.ts'
import { AmiLink } from './ami-link.ts'

let asterisk: FakeAsterisk

beforeEach(async () => {
  asterisk = new FakeAsterisk()
  await asterisk.start()
})
afterEach(() => asterisk.stop())

const connect = (changes = {}, answerMilliseconds = 10_000) =>
  connectAmi(
    { host: '127.0.0.1', port: asterisk.port, user: AMI_USER, secret: AMI_SECRET, ...changes },
    { answerMilliseconds },
  )

describe('a connection', () => {
  it.each([true, false])('logs in, with MD5: %s', async (knowsMd5) => {
    asterisk.knowsMd5 = knowsMd5
    const connection = await connect()
    expect(connection.greeting).toBe('Asterisk Call Manager/9.0.0')
    expect((await connection.ask('Ping')).get('Ping')).toBe('Pong')
    connection.close()
    expect(await connection.closed).toBe('closed by the agent')
  })

  it('gives no secret in the clear to another machine', async () => {
    asterisk.knowsMd5 = false
    // All of 127/8 and the name are this machine; this is how it calls itself otherwise.
    const failure = await connect({ host: '::ffff:127.0.0.1' }).catch((error: Error) => error)
    expect(failure).toBeInstanceOf(AmiRefusal)
  })

  it('says who refuses', async () => {
    await expect(connect({ secret: 'another' })).rejects.toThrow(new AmiRefusal('Authentication failed'))
  })

  it('matches answers by their ids, and collects lists', async () => {
    const connection = await connect()
    const [ping, list, refused] = await Promise.allSettled([
      connection.ask('Ping'),
      connection.collect('Status', [], 'StatusComplete'),
      connection.ask('Hangup', [['Channel', 'nobody']]),
    ])
    expect(ping.status).toBe('fulfilled')
    expect(list).toMatchObject({ value: [{ event: 'StatusComplete' }] })
    expect(refused).toMatchObject({ reason: new AmiRefusal('No such channel') })
    connection.close()
  })

  it('is lost when an answer has no end', async () => {
    const connection = await connect()
    asterisk.isSilent = true
    const asked = connection.collect('Status', [['ActionID', 'endless']], 'StatusComplete')
    for (let count = 0; count <= MOST_COLLECTED; count += 1)
      asterisk.tell(['Event: Status', 'ActionID: endless'])
    await expect(asked).rejects.toThrow(`an answer of more than ${MOST_COLLECTED} events`)
  })

  it('tells events in their order, and ends with the connection', async () => {
    const connection = await connect()
    asterisk.tell(['Event: One'])
    asterisk.tell(['Event: Two'])
    setTimeout(() => asterisk.dropConnections(), 20)
    const events: (string | undefined)[] = []
    for await (const event of connection.events) events.push(event.event)
    expect(events).toEqual(['One', 'Two'])
    expect(await connection.closed).toContain('closed the connection')
  })

  it('is lost when an answer does not come, and tells what Asterisk may have heard from what it has not', async () => {
    const connection = await connect({}, 500)
    asterisk.isSilent = true
    await expect(connection.ask('Ping')).rejects.toMatchObject({ name: 'AmiLost', maybeTold: true })
    await expect(connection.ask('Ping')).rejects.toMatchObject({ name: 'AmiLost', maybeTold: false })
    expect(await connection.closed).toContain('no answer to Ping')
  })

  it('takes no other server for Asterisk, nor waits for one that says nothing', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    await expect(connect({ port })).rejects.toThrow('no manager interface of Asterisk: SSH-2.0')
    server.close()
    asterisk.isSilent = true
    await expect(connect({}, 150)).rejects.toThrow(/said nothing for 0.15 s/)
  })

  it('tells that nobody listens', async () => {
    await asterisk.stop()
    const failure = await connect().catch((error: Error) => error)
    expect(failure).toBeInstanceOf(AmiLost)
    expect(String(failure)).toContain('ECONNREFUSED')
  })
})

describe('the link', () => {
  it('comes back after each loss, and tells each of the two', async () => {
    const lines: string[] = []
    const link = new AmiLink(
      { log: (event) => void lines.push(event), waiting: realWaiting },
      {
        connect: () => connect({}, 500),
        pingMilliseconds: 20,
        again: { firstMilliseconds: 2, longestMilliseconds: 5 },
      },
    )
    const states: boolean[] = []
    const events: string[] = []
    link.listen((event) => {
      if (event === undefined) states.push(link.connection !== undefined)
      else events.push(event.event ?? '')
    })
    const stopping = new AbortController()
    const kept = link.keep(stopping.signal)
    await until(() => link.connection !== undefined)
    asterisk.tell(['Event: One'])
    await until(() => events.length === 1)
    asterisk.dropConnections()
    await until(() => states.length === 3)
    // An Asterisk that hangs is found out by its silence.
    asterisk.isSilent = true
    await until(() => states.length >= 4)
    asterisk.isSilent = false
    await until(() => link.connection !== undefined)
    stopping.abort()
    await kept
    expect(states.slice(0, 4)).toEqual([true, false, true, false])
    expect(link.connection).toBeUndefined()
  })

  it('says the same trouble once', async () => {
    const lines: string[] = []
    const link = new AmiLink(
      { log: (event) => void lines.push(event), waiting: realWaiting },
      {
        connect: () => connect({ secret: 'another' }),
        pingMilliseconds: 20,
        again: { firstMilliseconds: 1, longestMilliseconds: 1 },
      },
    )
    const stopping = new AbortController()
    const kept = link.keep(stopping.signal)
    await pause(50)
    stopping.abort()
    await kept
    expect(lines).toEqual(['pbx-not-reached'])
    expect(link.trouble).toBe('Authentication failed')
  })
})

async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error('waited in vain')
    await pause(2)
  }
}
