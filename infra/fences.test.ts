import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'

/** Our folders that a folder may import from, besides itself: arrows run one way. */
const FENCES: Record<string, { folders: string[]; packages: RegExp }> = {
  shared: { folders: [], packages: /^(node:|zod$)/ },
  functions: { folders: ['shared'], packages: /^(?!aws-cdk|constructs|cdk-nag)/ },
  agents: { folders: ['shared'], packages: /^(?!aws-cdk|constructs|cdk-nag)/ },
  cli: { folders: ['shared'], packages: /^(?!aws-cdk|constructs|cdk-nag)/ },
  infra: { folders: ['functions', 'shared'], packages: /^(?!@aws-sdk\/)/ },
}

interface Import {
  file: string
  /** As written: a path or a package. */
  from: string
}

function importsOf(folder: string): Import[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\//.test(name))
    .map((name) => join(folder, name))
  return files.flatMap((file) => importedBy(readFileSync(file, 'utf8')).map((from) => ({ file, from })))
}

/** Type imports as well: they are a dependency of the mind. */
function importedBy(source: string): string[] {
  const statements = source.matchAll(/^(?:import|export)\b(?:[^'";]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)
  const calls = source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)
  return [...statements, ...calls].map((match) => match[1] ?? '')
}

describe.each(Object.entries(FENCES))('%s', (folder, { folders, packages }) => {
  const imports = importsOf(folder)

  it('has imports', () => {
    expect(imports.length).toBeGreaterThan(10)
  })

  it(`imports no folder of ours but ${[folder, ...folders].join(', ')}`, () => {
    const outside = imports
      .filter(({ from }) => from.startsWith('.'))
      .filter(({ file, from }) => {
        const [top = ''] = normalize(join(dirname(file), from)).split(sep)
        return ![folder, ...folders].includes(top)
      })
    expect(outside).toEqual([])
  })

  it('imports no package that is not for it', () => {
    expect(imports.filter(({ from }) => !from.startsWith('.') && !packages.test(from))).toEqual([])
  })
})

it('the CDK app loads no AWS SDK, not even by way of the functions', () => {
  const { metafile } = buildSync({
    entryPoints: ['infra/app.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
  })
  const inputs = Object.values(metafile.inputs)
  expect(inputs.length).toBeGreaterThan(20)
  const loaded = inputs.flatMap(({ imports }) => imports.map(({ path }) => path))
  expect(loaded).toContain('cdk-nag')
  expect(loaded.filter((path) => path.startsWith('@aws-sdk/'))).toEqual([])
})
