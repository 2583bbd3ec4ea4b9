import { tmpdir } from 'node:os'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { SUBCOMMANDS } from './subcommands.ts'
import { faxlane } from './testing.ts'

describe('faxlane', () => {
  it('lists its subcommands', async () => {
    const { exitCode, stdout, stderr } = await faxlane(['--help'], tmpdir())
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const name of Object.keys(SUBCOMMANDS)) expect(stdout.toString()).toContain(`\n  ${name} `)
  })

  it.each([
    [[], 'a subcommand is missing'],
    [['konvert'], 'there is no subcommand konvert; there is: '],
    [['toString'], 'there is no subcommand toString'],
    [['\u001b[2J'], 'there is no subcommand \\u{1b}[2J'],
  ])('%j is wrong usage', async (words, text) => {
    const { exitCode, stdout, stderr } = await faxlane(words, tmpdir())
    expect({ exitCode, stdout: stdout.length }).toEqual({ exitCode: 2, stdout: 0 })
    expect(stderr).toContain(text)
  })
})

it('convert loads no package: it starts as fast as Node does', () => {
  const { metafile } = buildSync({
    entryPoints: ['cli/convert/convert.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
  })
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  expect(imports.length).toBeGreaterThan(10)
  const packages = imports.filter(({ external, path }) => external && !path.startsWith('node:'))
  expect(packages).toEqual([])
})
