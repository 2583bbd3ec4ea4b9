import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { bundleAgent } from '../agents/packaging/bundle-agents.ts'

const PROJECT = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'faxlane-supply-'))
afterAll(() => rmSync(folder, { recursive: true }))

const readText = (name: string) => readFileSync(join(PROJECT, name), 'utf8')
const read = (name: string): unknown => JSON.parse(readText(name))
const names = z.record(z.string(), z.string())
const manifest = z
  .object({
    dependencies: names,
    devDependencies: names,
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(read('package.json'))
const lockedSchema = z.object({
  dev: z.boolean().default(false),
  license: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  inBundle: z.boolean().default(false),
  hasInstallScript: z.boolean().default(false),
})
const { packages } = z
  .object({ packages: z.record(z.string(), lockedSchema) })
  .parse(read('package-lock.json'))
const locked = Object.entries(packages).filter(([path]) => path !== '')

/** What may be in a program that is handed on with its sources closed: none asks for more than to be named. */
const LICENCES = new Set(['Apache-2.0', 'MIT', 'MIT-0', '0BSD', '(MIT AND Zlib)', 'BSD-3-Clause', 'ISC'])

describe('what others wrote', () => {
  it('is asked for in one exact version each', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  it('is known by its checksum, from whatever registry it comes', () => {
    // What is bundled in a package is covered by the checksum of that package.
    const unknown = locked.filter(([, { integrity, inBundle }]) => integrity === undefined && !inBundle)
    expect(unknown.map(([path]) => path)).toEqual([])
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  it('runs no script when it is installed: the three that would are named, and not let', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript)
    expect(scripted.map(([path]) => path.split('node_modules/').at(-1)).sort()).toEqual(
      Object.keys(manifest.allowScripts).sort(),
    )
    expect(Object.values(manifest.allowScripts)).toEqual([false, false, false])
    // For an npm that does not know allowScripts.
    expect(readText('.npmrc')).toMatch(/^ignore-scripts=true$/m)
  })

  it('has a licence that lets it be part of the programs, where it is', () => {
    const programs = locked.filter(([, { dev }]) => !dev)
    expect(programs.length).toBeGreaterThan(20)
    const others = programs.filter(([, { license = '' }]) => !LICENCES.has(license))
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
  })
})

it('a bill of materials in CycloneDX names all of it, with licences', () => {
  const { scripts } = z.object({ scripts: names }).parse(read('package.json'))
  const [command = '', ...words] = (scripts.sbom ?? '').split(' ')
  const bill = z
    .object({
      bomFormat: z.literal('CycloneDX'),
      components: z.array(
        z.object({ name: z.string(), version: z.string(), licenses: z.array(z.unknown()) }),
      ),
    })
    .parse(JSON.parse(execFileSync(command, words, { cwd: PROJECT, encoding: 'utf8' })))
  const found = new Map(bill.components.map(({ name, version }) => [name, version]))
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    expect(found.get(name.replace(/^@[^/]+\//, '')) ?? found.get(name)).toBe(version)
  }
})

it.each(['edge', 'print'] as const)(
  'the %s agent is the same program, byte for byte, built twice',
  (agent) => {
    const [one, other] = ['one', 'other'].map((place) => {
      return readFileSync(bundleAgent(agent, '1.0.0', join(folder, place)).file)
    })
    expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true)
  },
)
