import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deployedTableSchema } from '../shared/routing-table/deployed-table.ts'
import { ENTRIES, type FunctionName, largestBundleBytes, makeBundles } from './bundles.ts'
import { TABLE, temporaryFolder } from './testing/synthesize.ts'

const { folders, metafile } = makeBundles(temporaryFolder(), TABLE)
const names = Object.keys(ENTRIES) as FunctionName[]

function inputsOf(name: FunctionName): string[] {
  const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${name}/index.mjs`))
  return Object.keys(output?.[1].inputs ?? {})
}

describe.each(names)('%s', (name) => {
  const file = join(folders[name], 'index.mjs')

  it('is no larger than it may be, with the SDK in it', () => {
    expect(statSync(file).size).toBeLessThan(largestBundleBytes(name))
    expect(inputsOf(name).some((input) => input.includes('@aws-sdk/'))).toBe(true)
  })

  it('is minified, an ES module, and exports its handler', () => {
    const code = readFileSync(file, 'utf8')
    // Template literals keep their line breaks; nothing else does.
    expect(code.length / code.split('\n').length).toBeGreaterThan(1000)
    expect(code).toMatch(/export\{[^}]*\bas handler\b[^}]*\}/)
  })

  it('holds no CDK, nothing of infra, local or an agent, and no test', () => {
    const foreign = inputsOf(name).filter((input) =>
      /aws-cdk|constructs|cdk-nag|^(infra|local|agents|test|bench)\/|\.test\.ts$/.test(input),
    )
    expect(foreign).toEqual([])
    expect(inputsOf(name)).toContain(ENTRIES[name])
  })

  it('takes from outside of itself what Node has, and nothing else', () => {
    const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${name}/index.mjs`))
    const external = output?.[1].imports.filter((imported) => imported.external).map(({ path }) => path) ?? []
    expect(external.filter((path) => !/^(node:)?[a-z_]+(\/[a-z]+)?$/.test(path))).toEqual([])
  })
})

it.each(['receive', 'submit', 'api'] as const)('puts the routing table beside %s, whole', (name) => {
  const file = join(folders[name], 'routing-table.json')
  expect(deployedTableSchema.parse(JSON.parse(readFileSync(file, 'utf8')))).toEqual(TABLE)
})

it('puts PDFium beside submit, where the rasteriser looks for it, and beside no other', async () => {
  const [file] = Object.keys(metafile.inputs).filter((input) =>
    input.endsWith('rasterise/pdfium/instance.ts'),
  )
  expect(file).toBeDefined()
  const withIt = names.filter((name) => existsSync(join(folders[name], 'pdfium.wasm')))
  expect(withIt).toEqual(names.filter((name) => inputsOf(name).includes(file ?? '')))
  expect(withIt).toEqual(['submit'])
  expect(readFileSync(join(folders.submit, 'pdfium.wasm')).subarray(0, 4)).toEqual(Buffer.from('\0asm'))
})

it('gives the same bytes for the same sources: a deployment without a change changes nothing', () => {
  const again = makeBundles(temporaryFolder(), TABLE)
  for (const name of names) {
    const [one, other] = [folders, again.folders].map((all) => readFileSync(join(all[name], 'index.mjs')))
    expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true)
  }
})
