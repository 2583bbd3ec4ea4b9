import { describe, expect, test } from 'vitest'
import { deliverByFtp } from './deliver-ftp.ts'
import { UnusableSecret } from './password.ts'
import { SAMPLE_FILE_STEM, sampleAttempt } from './sample-attempt.ts'
import { deliverTo, dependenciesWith, HIDDEN_NAME, PDF, PDF_NAME, TIFF } from './scripted-delivery.ts'
import { BEHAVE } from './scripted-server.ts'

describe('a delivery', () => {
  test('stores under a hidden name of its own, checks the size, and renames', async () => {
    const { outcome, server } = await deliverTo({})
    expect(outcome).toMatchObject({
      outcome: 'delivered',
      receipt: `ftp://127.0.0.1:${server.port}/${PDF_NAME}`,
    })
    expect([...server.files]).toEqual([[PDF_NAME, PDF]])
    const verbs = ['TYPE', 'EPSV', 'STOR', 'SIZE', 'RNFR', 'RNTO']
    expect(server.commands.filter((line) => verbs.includes(line.split(' ')[0] ?? ''))).toEqual([
      'TYPE I',
      'EPSV',
      `STOR ${HIDDEN_NAME}`,
      `SIZE ${HIDDEN_NAME}`,
      `RNFR ${HIDDEN_NAME}`,
      `RNTO ${PDF_NAME}`,
    ])
  })

  test('of the TIFF sends it as it was received', async () => {
    const { outcome, server } = await deliverTo({}, { format: 'tiff' })
    expect(outcome).toMatchObject({ outcome: 'delivered' })
    expect(server.files.get(`${SAMPLE_FILE_STEM}.tif`)).toEqual(TIFF)
  })

  test.each(['553 Prohibited file name', '550 Forbidden filename'])(
    'falls back to a name without the dot where the server refuses one (%s)',
    async (reply) => {
      const { outcome, server } = await deliverTo({ STOR: [reply, BEHAVE] })
      expect(outcome).toMatchObject({ outcome: 'delivered' })
      expect(server.commands).toContain(`STOR ${PDF_NAME}.part`)
      expect([...server.files.keys()]).toEqual([PDF_NAME])
    },
  )

  test('replaces its own earlier copy where the server does not rename onto one', async () => {
    const { outcome, server } = await deliverTo({
      RNTO: ['550 file exists', BEHAVE],
      DELE: '250 deleted',
    })
    expect(outcome).toMatchObject({ outcome: 'delivered' })
    expect(server.commands.filter((line) => line !== 'QUIT').slice(-4)).toEqual([
      `RNTO ${PDF_NAME}`,
      `DELE ${PDF_NAME}`,
      `RNFR ${HIDDEN_NAME}`,
      `RNTO ${PDF_NAME}`,
    ])
  })

  test('that may neither be renamed nor replace anything is not renamed a second time', async () => {
    const { outcome, server } = await deliverTo({
      RNTO: '550 Permission denied',
      DELE: '550 Permission denied',
    })
    expect(outcome).toMatchObject({ outcome: 'failed', code: '550' })
    expect(server.commands.filter((line) => line.startsWith('RNTO'))).toHaveLength(1)
  })

  test.each([
    '500 what?',
    '502 not implemented',
    '550 not in ASCII mode',
    '213 is a number that I do not tell',
  ])('takes the server at its word when SIZE says %j', async (reply) => {
    expect((await deliverTo({ SIZE: reply })).outcome).toMatchObject({ outcome: 'delivered' })
  })

  test('falls back to PASV', async () => {
    const { outcome, server } = await deliverTo({ EPSV: '500 what?' })
    expect(server.commands).toContain('PASV')
    expect(outcome).toMatchObject({ outcome: 'delivered' })
  })

  test('without any passive mode is tried again', async () => {
    const { outcome } = await deliverTo({ EPSV: '500 what?', PASV: '425 no ports left' })
    expect(outcome).toMatchObject({ outcome: 'retry', text: expect.stringContaining('no ports left') })
  })

  test.each([
    ['in/faxes', ['CWD in/faxes', 'MKD in', 'CWD in', 'MKD faxes', 'CWD faxes'], '/in/faxes/'],
    ['/in', ['CWD /in', 'CWD /', 'MKD in', 'CWD in'], '/in/'],
    [
      '/Fäxe an 100%',
      ['CWD /Fäxe an 100%', 'CWD /', 'MKD Fäxe an 100%', 'CWD Fäxe an 100%'],
      '/F%C3%A4xe%20an%20100%25/',
    ],
  ])('makes the directory %s where it is missing', async (directory, commands, path) => {
    const { outcome, server } = await deliverTo({ CWD: ['550 no such directory', '250 ok'] }, { directory })
    expect(server.commands.filter((line) => /^(CWD|MKD)/.test(line))).toEqual(commands)
    expect(outcome).toMatchObject({ receipt: expect.stringContaining(`${path}${PDF_NAME}`) })
  })

  test('does not try to make a directory that is there', async () => {
    const { server } = await deliverTo({ MKD: '550 permission denied' }, { directory: '/in' })
    expect(server.commands.filter((line) => /^(CWD|MKD)/.test(line))).toEqual(['CWD /in'])
  })
})

describe('the password', () => {
  const refuseFirst = { PASS: ['530 Login incorrect.', '230 welcome'] }

  test('is read once for many faxes', async () => {
    const dependencies = dependenciesWith()
    await deliverTo({}, {}, dependencies)
    await deliverTo({}, {}, dependencies)
    expect(dependencies.reads).toEqual(['ftp-example-org'])
  })

  test('that was changed works at once: read anew when the old one is refused', async () => {
    const { outcome, server } = await deliverTo(refuseFirst, {}, dependenciesWith(['old', 'new']))
    expect(outcome).toMatchObject({ outcome: 'delivered' })
    expect(server.commands.filter((line) => line.startsWith('PASS'))).toEqual(['PASS old', 'PASS new'])
  })

  test('that is still the same is not tried twice, and the text says how to set it', async () => {
    const { outcome, server } = await deliverTo(refuseFirst)
    expect(server.commands.filter((line) => line.startsWith('PASS'))).toHaveLength(1)
    expect(outcome).toMatchObject({
      outcome: 'failed',
      code: '530',
      text: expect.stringContaining('put-secret-value --secret-id ftp-example-org'),
    })
  })

  test('that the secret does not give fails with its words, and the server is left alone', async () => {
    const dependencies = dependenciesWith()
    const secrets = {
      ...dependencies.secrets,
      read: () => Promise.reject(new UnusableSecret('no value yet')),
    }
    const { outcome, server } = await deliverTo({}, {}, { ...dependencies, secrets })
    expect(outcome).toEqual({ outcome: 'failed', text: 'no value yet' })
    expect(server.commands).toEqual([])
  })

  test('with a line break in it never gets to a server', async () => {
    const { outcome, server } = await deliverTo({}, {}, dependenciesWith(['a\r\nDELE x']))
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('line break') })
    expect(server.commands).toEqual([])
  })
})

test.each([{ username: 'foo\r\nDELE x' }, { directory: '/in\nDELE x' }, { host: '127.0.0.1\0' }])(
  'an option with control characters (%j) never gets to a server',
  async (backend) => {
    const { outcome, server } = await deliverTo({}, backend)
    expect(outcome).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining(`\`${Object.keys(backend)[0]}\``),
    })
    expect(server.commands).toEqual([])
  },
)

test('a mistake of ours is no outcome', async () => {
  const readObject = () => Promise.reject(new TypeError('S3 client is undefined'))
  await expect(deliverByFtp({ ...dependenciesWith(), readObject }, sampleAttempt())).rejects.toThrow(
    TypeError,
  )
})
