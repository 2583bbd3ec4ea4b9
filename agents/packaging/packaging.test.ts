import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError, type OptionSpecs, readConfig } from '../daemon/read-config.ts'
import { EDGE_OPTIONS } from '../edge/edge-config.ts'
import { PRINT_OPTIONS } from '../print/print-config.ts'
import { bundleAgent, PROJECT } from './bundle-agents.ts'
import { thirdPartyLicences } from './licences.ts'
import { readOwnNode } from './own-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'faxlane-bundles-'))
afterAll(() => rmSync(folder, { recursive: true }))

const AGENTS: ['edge' | 'print', OptionSpecs][] = [
  ['edge', EDGE_OPTIONS],
  ['print', PRINT_OPTIONS],
]

const FILLED = { site: 'paris', region: 'eu-west-1', bucket: 'faxlane-123456789012-eu-west-1' }

describe.each(AGENTS)('the configuration file of the %s agent, as it is installed', (agent, options) => {
  const text = readFileSync(join(PROJECT, `agents/packaging/faxlane-${agent}/${agent}.conf`), 'utf8')
  const filled = Object.entries(FILLED).reduce(
    (written, [name, value]) => written.replace(`\n${name} =\n`, `\n${name} = ${value}\n`),
    text,
  )
  const read = (written: string) => readConfig(`${agent}.conf`, Buffer.from(written), agent, options)
  const defaults = Object.fromEntries(
    Object.entries(options).flatMap(([name, spec]) => (spec.mandatory ? [] : [[name, spec.otherwise]])),
  )

  it('asks for three lines', () => {
    expect(() => read(text)).toThrow(ConfigError)
    expect(text.match(/^\w+ =$/gm)).toEqual(['site =', 'region =', 'bucket ='])
    expect(() => read(filled)).not.toThrow()
  })

  it('has every option once, and each that may be left out with what holds then', () => {
    const written = [...text.matchAll(/^;?(\w+) =(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.trim(),
    ])
    expect(written.map(([name]) => name).sort()).toEqual(Object.keys(options).sort())
    for (const [name = '', value] of written) {
      const standard = defaults[name]
      if (standard !== undefined) expect(`${name} = ${value}`).toBe(`${name} = ${standard}`)
    }
  })

  it('holds with every line that it shows', () => {
    // The others are examples of what has no default, and two of them may exclude each other: see the program's own tests.
    expect(() => read(filled.replaceAll(/^;(?=\w+ =)/gm, ''))).not.toThrow()
  })

  it('is plain text of short lines', () => {
    expect(text).toMatch(/^[\x20-\x7e\n]*\n$/)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130)
  })
})

describe.each(AGENTS)('the maintainer scripts of faxlane-%s', (agent) => {
  const sources = join(PROJECT, 'agents/packaging', `faxlane-${agent}`)

  it.each(['postinst', 'prerm', 'postrm'])(
    '%s is one that a plain shell reads, and stops at the first failure',
    (name) => {
      const script = readFileSync(join(sources, name), 'utf8')
      expect(script).toMatch(/^#!\/bin\/sh\nset -e\n/)
      expect(() => execFileSync('/bin/sh', ['-n', join(sources, name)], { stdio: 'pipe' })).not.toThrow()
    },
  )

  it('are all that is there, besides what is put in place', () => {
    expect(readdirSync(sources).sort()).toEqual(
      [
        'control',
        `${agent}.conf`,
        `faxlane-${agent}.service`,
        'postinst',
        'postrm',
        'prerm',
        'sysusers.conf',
      ].sort(),
    )
  })
})

describe.each(AGENTS)('the unit of faxlane-%s', (agent) => {
  const unit = readFileSync(
    join(PROJECT, 'agents/packaging', `faxlane-${agent}`, `faxlane-${agent}.service`),
    'utf8',
  )
  const lines = unit.split('\n')

  it.each([
    'Type=notify',
    'NotifyAccess=all',
    `User=faxlane-${agent}`,
    'Restart=always',
    'RestartPreventExitStatus=2',
    'WatchdogSec=180',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'CapabilityBoundingSet=',
    'WantedBy=multi-user.target',
  ])('says %s', (line) => {
    expect(lines).toContain(line)
  })

  it('lets the agent write to its own folders alone', () => {
    const writable = lines.filter((line) => line.startsWith('ReadWritePaths=')).join()
    const own = `ReadWritePaths=/var/lib/faxlane-${agent}`
    expect(writable).toBe(agent === 'edge' ? `${own} -/var/spool/faxlane -/var/spool/faxlane-outgoing` : own)
  })
})

describe.each(AGENTS)('the bundle of the %s agent', (agent) => {
  const { file, metafile } = bundleAgent(agent, '1.2.3', folder)

  it('is one file that runs by itself, by its name', () => {
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(statSync(file).mode & 0o777).toBe(0o755)
    const options = { cwd: folder, encoding: 'utf8' } as const
    expect(execFileSync(file, ['--version'], options)).toBe(`faxlane-${agent} 1.2.3\n`)
    expect(execFileSync(file, ['--help'], options)).toContain(`faxlane-${agent} SUBCOMMAND --help`)
  })

  it('takes from outside of itself what Node has, and nothing else', () => {
    const [output] = Object.values(metafile.outputs)
    const foreign = output?.imports.filter(
      ({ path }) => !path.startsWith('node:') && !builtinModules.includes(path),
    )
    expect(foreign).toEqual([])
  })

  it('holds nothing of the cloud’s side, of the other agent, nor of the tests', () => {
    const other = agent === 'edge' ? 'print' : 'edge'
    const inputs = Object.keys(metafile.inputs).filter((input) => !input.includes('node_modules'))
    const pattern = new RegExp(
      `^(infra|local|functions|cli|test|bench|agents/${other})/|\\.test\\.ts$|(^|/)testing/`,
    )
    expect(inputs.length).toBeGreaterThan(20)
    expect(inputs.filter((input) => pattern.test(input))).toEqual([])
  })

  it('is small', () => {
    expect(statSync(file).size).toBeLessThan(1_500_000)
  })

  it('names each package of others with its licence', () => {
    const licences = thirdPartyLicences(metafile, PROJECT)
    const packages = new Set(
      Object.keys(metafile.inputs).flatMap(
        (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
      ),
    )
    expect(packages.size).toBeGreaterThan(5)
    for (const name of packages) expect(licences).toMatch(new RegExp(`^${name} \\d\\S* \\(.+\\)$`, 'm'))
  })
})

describe('a Node of the package’s own', () => {
  /** The first bytes of a program: the ELF header as far as the machine. */
  const elf = (machine: number) => {
    const header = Buffer.alloc(64)
    header.write('\u007fELF\u0002\u0001\u0001', 'latin1')
    header.writeUInt16LE(machine, 18)
    return header
  }
  const put = (name: string, bytes: Buffer, licence?: string) => {
    const archive = join(folder, name)
    mkdirSync(join(archive, 'bin'), { recursive: true })
    writeFileSync(join(archive, 'bin/node'), bytes)
    if (licence !== undefined) writeFileSync(join(archive, 'LICENSE'), licence)
    return join(archive, 'bin/node')
  }

  it.each([
    [62, 'amd64'],
    [183, 'arm64'],
  ])('of ELF machine %i is for %s, and brings its licence', (machine, architecture) => {
    const file = put(architecture, elf(machine), 'The licence')
    expect(readOwnNode(file)).toEqual({ file, architecture, licence: 'The licence' })
  })

  it.each([
    ['a 32-bit ARM program', () => put('arm', elf(40), 'l'), 'no program for Linux on amd64 or arm64'],
    ['a text', () => put('text', Buffer.from('#!/bin/sh\necho v24.0.0\n'), 'l'), 'no program for Linux'],
    ['an empty file', () => put('empty', Buffer.alloc(0), 'l'), 'no program for Linux'],
    ['no file', () => join(folder, 'none/bin/node'), 'there is no such file'],
    ['one without its licence', () => put('bare', elf(62)), "Node's licence has to go along"],
  ])('is not %s', (_, make, words) => {
    expect(() => readOwnNode(make())).toThrow(words)
  })
})
