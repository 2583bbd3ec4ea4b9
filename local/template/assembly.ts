import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as z from 'zod'

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
})
const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
})
export type Resource = z.infer<typeof resourceSchema>
export type Template = z.infer<typeof templateSchema>

/** What `cdk synth` wrote, as far as it is needed here. */
export interface Assembly {
  stacks: readonly { name: string; template: Template }[]
  /** Folder of each asset, by the name of the archive that a deployment makes of it: HASH.zip. */
  assetFolders: ReadonlyMap<string, string>
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
})
const stackPropertiesSchema = z.object({ templateFile: z.string() })
const assetManifestPropertiesSchema = z.object({ file: z.string() })
const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string().optional(), packaging: z.string().optional() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
})

/** Reads a cloud assembly (cdk.out). */
export async function readAssembly(folder: string): Promise<Assembly> {
  const { artifacts } = manifestSchema.parse(await readJson(join(folder, 'manifest.json')))
  const stacks: Assembly['stacks'][number][] = []
  const assetFolders = new Map<string, string>()
  for (const [name, { type, properties }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack') {
      const { templateFile } = stackPropertiesSchema.parse(properties)
      stacks.push({ name, template: templateSchema.parse(await readJson(join(folder, templateFile))) })
    } else if (type === 'cdk:asset-manifest') {
      const { file } = assetManifestPropertiesSchema.parse(properties)
      for (const [key, path] of zipAssets(await readJson(join(folder, file)))) {
        assetFolders.set(key, resolve(folder, path))
      }
    }
  }
  return { stacks, assetFolders }
}

function zipAssets(manifest: unknown): [string, string][] {
  return Object.values(assetsSchema.parse(manifest).files).flatMap(
    ({ source: { path, packaging }, destinations }) =>
      packaging === 'zip' && path !== undefined
        ? Object.values(destinations).map(({ objectKey }): [string, string] => [objectKey, path])
        : [],
  )
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'))
}
