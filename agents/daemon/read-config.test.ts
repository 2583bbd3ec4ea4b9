import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { commonOptions } from './common-options.ts'
import { wholeNumber, yesOrNo } from './option-checks.ts'
import { ConfigError, loadConfig, readConfig, withDefault } from './read-config.ts'

const OPTIONS = {
  ...commonOptions('/var/lib/faxlane-edge'),
  parallel_uploads: withDefault(wholeNumber(1, 16, 'Write 4.'), 4),
  loud: withDefault(yesOrNo, false),
} as const
const FILE = '/etc/faxlane/edge.conf'
const WRITTEN = '[edge]\nsite = paris\nregion = eu-west-1\nbucket = faxlane-123456789012-eu-west-1\n'

const read = (text: string | Uint8Array) => readConfig(FILE, Buffer.from(text), 'edge', OPTIONS)

function findingsOf(text: string): string {
  try {
    read(text)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'none'
}

describe('a configuration', () => {
  it('of three lines has a value for everything else', () => {
    const config = read(WRITTEN)
    expect(config).toEqual({
      site: 'paris',
      region: 'eu-west-1',
      bucket: 'faxlane-123456789012-eu-west-1',
      name: 'faxlane',
      stateFolder: '/var/lib/faxlane-edge',
      endpoint: undefined,
      parallelUploads: 4,
      loud: false,
    })
    expectTypeOf(config.parallelUploads).toEqualTypeOf<number>()
    expectTypeOf(config.endpoint).toEqualTypeOf<string | undefined>()
  })

  it('says what it says, comments and blanks aside', () => {
    const more =
      'name = trial\nstate_folder = /srv//fax/ ; here\n# endpoint\nendpoint = http://127.0.0.1:4566\nloud = yes\nparallel_uploads = 16\n'
    expect(read(`; edited by hand\n${WRITTEN}${more}`)).toMatchObject({
      name: 'trial',
      stateFolder: '/srv/fax/',
      endpoint: 'http://127.0.0.1:4566',
      loud: true,
      parallelUploads: 16,
    })
  })

  it.each([
    ['site = Paris', 0, 'lower-case'],
    ['region = Europe', 0, 'eu-west-1'],
    ['bucket = s3://faxes', 0, 'FaxesBucket'],
    ['name = Fax Lane', 0, '-c name=NAME'],
    ['state_folder = var/lib', 0, '/ at the beginning'],
    ['endpoint = 127.0.0.1:4566', 0, 'http://'],
    ['endpoint = http://user@127.0.0.1/', 0, 'http://'],
    ['endpoint = http://127.0.0.1/path', 0, 'http://'],
    ['parallel_uploads = 0', 0, 'from 1 to 16'],
    ['parallel_uploads = 1e1', 0, 'from 1 to 16'],
    ['loud = 1', 0, 'yes or no'],
    ['paralel_uploads = 2', 0, 'Did you mean parallel_uploads?'],
    ['loud = yes\n loud = no', 1, 'one line'],
    ['[print]\nsite = paris', 0, 'one section, [edge]'],
  ])('with %j is refused at its line, with the way out', (line, offset, fix) => {
    const [name = ''] = line.split(' ')
    // The option under test takes the place of its right form.
    const others = WRITTEN.split('\n').filter((written) => !written.startsWith(`${name} `) && written !== '')
    const findings = findingsOf([...others, line].join('\n'))
    expect(findings).toContain(`${FILE}:${others.length + 1 + offset}: `)
    expect(findings).toContain(fix)
  })

  it('is refused for all of its mistakes at once', () => {
    const findings = findingsOf('[edge]\nsite =\nregion = x\nfoo = 1\n')
    expect(findings.match(/^\/etc\/faxlane\/edge\.conf:\d+: /gm)).toEqual([
      `${FILE}:4: `,
      `${FILE}:2: `,
      `${FILE}:3: `,
      `${FILE}:1: `,
    ])
    expect(findings).toContain('Write site = NAME, as the routing table has it')
  })

  it('without its section is refused once for each option that has to be there', () => {
    const problems = findingsOf('').matchAll(/:1: (.*) is missing\.$/gm)
    expect([...problems].map(([, what]) => what)).toEqual(['The section [edge]', 'site', 'region', 'bucket'])
  })

  it('is not read where it is too large to be one', () => {
    expect(findingsOf(`${WRITTEN}${'; a comment\n'.repeat(100_000)}`)).toContain('1000000 is the most')
  })

  it('of any bytes is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, behind) => {
        const text = behind ? Buffer.concat([Buffer.from(WRITTEN), bytes]) : bytes
        try {
          expect(read(text).site).toBe('paris')
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError)
        }
      }),
    )
  })
})

describe('a configuration file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faxlane-config-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  it('is read', async () => {
    await writeFile(join(folder, 'edge.conf'), WRITTEN)
    expect(await loadConfig(join(folder, 'edge.conf'), 'edge', OPTIONS)).toMatchObject({ site: 'paris' })
  })

  it.each([
    ['nowhere.conf', 'There is no such file'],
    ['.', 'cannot be read (EISDIR)'],
  ])('that is %s is an error with the way out', async (name, text) => {
    const loading = loadConfig(join(folder, name), 'edge', OPTIONS)
    await expect(loading).rejects.toThrow(ConfigError)
    await expect(loading).rejects.toThrow(text)
    await expect(loading).rejects.toThrow('--config FILE')
  })
})
