import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { deliverByFtp } from './deliver-ftp.ts'
import { sampleAttempt } from './sample-attempt.ts'
import { deliverTo, dependenciesWith, PASSWORD, PDF } from './scripted-delivery.ts'
import { type Reaction, startScriptedServer } from './scripted-server.ts'

describe('an answer of the server', () => {
  test.each<[string, Record<string, Reaction>, object]>([
    ['full at the door', { greeting: '421 Too many users are connected' }, { outcome: 'retry', code: '421' }],
    ['full at the door, otherwise', { greeting: '530 no more' }, { outcome: 'retry', code: '530' }],
    ['not ready', { greeting: '120 Ready in 5 minutes' }, { outcome: 'retry', code: '120' }],
    [
      'full at the login',
      { PASS: '530 Sorry, the maximum number of clients (3) from your host are already connected.' },
      { outcome: 'retry', code: '530' },
    ],
    [
      'full at the login, temporarily',
      { PASS: '421 Service not available, try later' },
      { outcome: 'retry', code: '421' },
    ],
    ['wrong password', { PASS: '530 Login incorrect.' }, { outcome: 'failed', code: '530' }],
    [
      'wrong password, by another code',
      { PASS: '430 Invalid username or password' },
      { outcome: 'failed', code: '430' },
    ],
    [
      'locked account',
      { PASS: '530 Login incorrect: too many failed attempts, try again later' },
      { outcome: 'failed', code: '530' },
    ],
    ['wants an account', { USER: '332 Need account' }, { outcome: 'failed', code: '332' }],
    [
      'wants TLS',
      { USER: '530 Non-anonymous sessions must use encryption.' },
      { outcome: 'failed', text: expect.stringContaining('tls = explicit') },
    ],
    [
      'closed directory',
      { CWD: '550 Permission denied', MKD: '550 Permission denied' },
      { outcome: 'failed', code: '550' },
    ],
    ['no write permission', { STOR: '550 Permission denied' }, { outcome: 'failed', code: '550' }],
    ['disk full', { STOR: '452 Insufficient storage space' }, { outcome: 'retry', code: '452' }],
    ['over quota', { STOR: '552 Quota exceeded' }, { outcome: 'retry', code: '552' }],
    [
      'disk full, by another code',
      { STOR: '553 No space left on device' },
      { outcome: 'retry', code: '553' },
    ],
    [
      'no data connection',
      { STOR: '425 Unable to build data connection' },
      { outcome: 'retry', code: '425' },
    ],
    ['aborted', { STOR: '426 Connection closed; transfer aborted' }, { outcome: 'retry', code: '426' }],
    ['local error', { STOR: '451 Requested action aborted' }, { outcome: 'retry', code: '451' }],
    [
      'other size',
      { SIZE: '213 3' },
      { outcome: 'retry', maybeDelivered: false, text: expect.stringContaining('3 of 17 bytes') },
    ],
    [
      'no renaming',
      { RNTO: '550 Permission denied', DELE: '550 Permission denied' },
      { outcome: 'failed', code: '550' },
    ],
    [
      'busy renaming',
      { RNFR: '450 file busy', DELE: '450 file busy' },
      { outcome: 'retry', code: '450', maybeDelivered: false },
    ],
  ])('%s', async (_, reactions, expected) => {
    const { outcome } = await deliverTo(reactions, { directory: '/in' })
    expect(outcome).toMatchObject(expected)
    const reply = Object.values(reactions).find((reaction) => typeof reaction === 'string') ?? ''
    if (!reply.startsWith('213')) expect(outcome.text).toContain(reply)
  })

  test.each([
    '500 AUTH not understood',
    '502 not implemented',
    '504 no',
    '530 Please login with USER and PASS.',
  ])('without explicit TLS (%s) says what to set', async (reply) => {
    const { outcome } = await deliverTo({ AUTH: reply }, { tls: 'explicit' })
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('tls = implicit') })
  })

  test('after a failed upload its temporary file is removed', async () => {
    const { server } = await deliverTo({ SIZE: '213 3' })
    expect([...server.files]).toEqual([])
  })

  test.each(['PASS', 'CWD', 'STOR', 'RNTO'])(
    'to %s that repeats the password does not show it',
    async (verb) => {
      const reply = `550 what do you mean, PASS ${PASSWORD}?`
      const { outcome } = await deliverTo({ [verb]: reply, MKD: reply, DELE: reply }, { directory: '/in' })
      expect(outcome.outcome).toBe('failed')
      expect(outcome.text).toContain('PASS ***')
      expect(JSON.stringify(outcome)).not.toContain(PASSWORD)
    },
  )

  test('of sixty thousand characters is cut', async () => {
    const { outcome } = await deliverTo({ STOR: `550 ${'x'.repeat(60_000)}` })
    expect(outcome.outcome).toBe('failed')
    expect(outcome.text.length).toBeLessThan(2_100)
  })
})

describe('a server that misbehaves', () => {
  const hang = () => {}
  const hangUp = (socket: Socket) => socket.destroy()
  const endless = (start: string) => (socket: Socket) => {
    socket.write(start)
    const write = () => {
      if (!socket.destroyed) socket.write('x'.repeat(60_000), () => setImmediate(write))
    }
    write()
  }
  const verbs = ['greeting', 'USER', 'PASS', 'FEAT', 'CWD', 'EPSV', 'STOR', 'SIZE', 'RNFR', 'RNTO']

  test.each(verbs)('hangs at %s: retry, at the time limit', async (verb) => {
    const startedAt = performance.now()
    const { outcome } = await deliverTo(
      { [verb]: hang },
      { directory: '/in' },
      dependenciesWith([PASSWORD], 300),
    )
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'TIMEOUT', maybeDelivered: /^RN/.test(verb) })
  })

  test.each(verbs)('hangs up at %s: retry', async (verb) => {
    const { outcome } = await deliverTo({ [verb]: hangUp }, { directory: '/in' })
    expect(outcome).toMatchObject({ outcome: 'retry', maybeDelivered: /^RN/.test(verb) })
  })

  test('hangs in the TLS handshake: retry, at the time limit', async () => {
    const { outcome } = await deliverTo(
      {
        AUTH: (socket) => {
          socket.removeAllListeners('data')
          socket.write('234 go on\r\n')
        },
      },
      { tls: 'explicit' },
      dependenciesWith([PASSWORD], 300),
    )
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'TIMEOUT' })
  })

  test.each(['211-Features:\r\n', '211 ', ''])('answers without end (%j): retry', async (start) => {
    const { outcome } = await deliverTo({ FEAT: endless(start) }, {}, dependenciesWith([PASSWORD], 300))
    expect(outcome).toMatchObject({ outcome: 'retry' })
  })

  test('lists a hundred thousand features: retry, and no more than 64 KB of them are kept', async () => {
    const features = Array.from({ length: 100_000 }, (_, index) => ` X-${index}`).join('\r\n')
    const { outcome } = await deliverTo({ FEAT: `211-Features:\r\n${features}\r\n211 End` })
    expect(outcome).toMatchObject({ outcome: 'retry', text: expect.stringContaining('maximum allowed size') })
  })

  test('has a folder of any size: nothing is ever listed', async () => {
    const { outcome, server } = await deliverTo({}, { directory: '/in' })
    expect(outcome.outcome).toBe('delivered')
    expect(server.commands.filter((line) => /^(LIST|NLST|MLSD|MLST|STAT)\b/.test(line))).toEqual([])
  })

  test('greets a byte at a time: retry, at the time limit', async () => {
    const drip = (socket: Socket) => {
      const timer = setInterval(() => socket.write('2'), 10)
      socket.once('close', () => clearInterval(timer))
    }
    const { outcome } = await deliverTo({ greeting: drip }, {}, dependenciesWith([PASSWORD], 300))
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'TIMEOUT', maybeDelivered: false })
  })

  test.each([
    ['takes no byte of the data', 20_000_000],
    ['takes the data and never confirms it', PDF.byteLength],
  ])('%s: retry, at the time limit', async (_, sizeBytes) => {
    const dependencies = dependenciesWith([PASSWORD], 500)
    const readObject = async () => Buffer.alloc(sizeBytes)
    const { outcome, server } = await deliverTo({ STOR: '150 go on' }, {}, { ...dependencies, readObject })
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'TIMEOUT', maybeDelivered: false })
    expect([...server.files]).toEqual([])
  })

  test.each(['500 what?', '502 not implemented', '534 policy', '421 not now', '234', '220 hello'])(
    'answers AUTH with %j: neither name nor password leave in clear',
    async (reply) => {
      const { outcome, server } = await deliverTo(
        { AUTH: reply },
        { tls: 'explicit' },
        dependenciesWith([PASSWORD], 500),
      )
      expect(outcome.outcome).not.toBe('delivered')
      expect(server.commands.filter((line) => !/^(AUTH|QUIT|[^ -~])/.test(line))).toEqual([])
      expect(server.commands.join()).not.toContain(PASSWORD)
    },
  )

  test('asks for the password again and again: ends at the time limit', async () => {
    const { outcome } = await deliverTo({ PASS: '331 once more' }, {}, dependenciesWith([PASSWORD], 300))
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'TIMEOUT' })
  })

  test('sends the data elsewhere (FTP bounce): nothing goes there', async () => {
    const { outcome } = await deliverTo({
      EPSV: '500 what?',
      PASV: '227 Entering Passive Mode (192,0,2,1,0,25)',
    })
    expect(outcome).toMatchObject({ outcome: 'retry', text: expect.stringContaining('another host') })
  })

  test('is not there: retry', async () => {
    const gone = await startScriptedServer()
    await gone.close()
    const outcome = await deliverByFtp(dependenciesWith(), sampleAttempt({ port: gone.port }))
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'ECONNREFUSED', maybeDelivered: false })
  })
})
