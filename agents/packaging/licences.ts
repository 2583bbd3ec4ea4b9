import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import * as z from 'zod'

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() })

/** The packages of others in a bundle, with their licences: what Debian's `copyright` file and the licences themselves ask for. */
export function thirdPartyLicences(metafile: Metafile, projectFolder: string): string {
  const folders = Object.keys(metafile.inputs).flatMap((input) => {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0]
    return folder === undefined ? [] : [folder]
  })
  // Many packages of one author carry the same text.
  const packagesByText = new Map<string, string[]>()
  for (const folder of [...new Set(folders)].sort()) {
    const { name, version, license } = manifestSchema.parse(
      JSON.parse(readFileSync(join(projectFolder, folder, 'package.json'), 'utf8')),
    )
    const text = licenceText(join(projectFolder, folder)) ?? `Licence: ${license}\n`
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), `${name} ${version} (${license})`])
  }
  return [...packagesByText]
    .map(([text, packages]) => `${packages.join('\n')}\n\n${indented(text)}`)
    .join('\n')
}

function licenceText(folder: string): string | undefined {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.md|\.txt)?$/i.test(name))
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ')
}
