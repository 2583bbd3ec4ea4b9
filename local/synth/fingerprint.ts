import { createHash, type Hash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { decodeUtf8, parseIni } from '../../shared/routing-table/ini.ts'

export interface SynthesisInput {
  projectFolder: string
  /** The routing table's file. */
  config: string
  /** Name of the deployment. */
  name?: string | undefined
}

/** Whose sources end in the template or in a bundle. */
const SOURCE_FOLDERS = ['infra', 'functions', 'shared']
/** package-lock.json stands for all of node_modules. */
const SOURCE_FILES = ['package-lock.json', 'cdk.json', 'tsconfig.json']
/** Changes when a synthesis is stored in another way than before. */
const LAYOUT = '1'

/** The same for two syntheses that would give the same: a digest of all that decides the template and the bundles. */
export function fingerprint({ projectFolder, config, name }: SynthesisInput): string {
  const hash = createHash('sha256')
  addPart(hash, 'layout', LAYOUT)
  addPart(hash, 'name', name ?? '')
  const sources = SOURCE_FOLDERS.flatMap((folder) => sourcesIn(projectFolder, folder))
  for (const path of [...SOURCE_FILES, ...sources]) {
    addPart(hash, path, readIfFile(join(projectFolder, path)) ?? 'missing')
  }
  const table = readIfFile(config)
  addPart(hash, resolve(config), table ?? 'missing')
  if (table !== undefined) {
    for (const file of filesNamedBy(table, dirname(config)))
      addPart(hash, file, readIfFile(file) ?? 'missing')
  }
  return hash.digest('hex').slice(0, 24)
}

function sourcesIn(projectFolder: string, folder: string): string[] {
  const entries = readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
  return entries
    .filter((path) => !path.endsWith('.test.ts'))
    .sort()
    .map((path) => join(folder, path))
}

/** What a table says besides its numbers may name a file (a mail's text, a certificate): every value that does is one. */
function filesNamedBy(table: Uint8Array, folder: string): string[] {
  const sections = parseIni(decodeUtf8(table)).sections.filter(({ name }) => !name.startsWith('dstnum_'))
  const values = sections.flatMap(({ options }) =>
    options.map(({ value }) => value.map(({ text }) => text).join('\n')),
  )
  return [...new Set(values)]
    .filter((value) => value !== '' && !value.includes('\0'))
    .map((value) => resolve(folder, value))
    .filter((file) => isSmallFile(file))
    .sort()
}

const LARGEST_NAMED_BYTES = 1024 * 1024

function isSmallFile(file: string): boolean {
  try {
    const found = statSync(file)
    return found.isFile() && found.size <= LARGEST_NAMED_BYTES
  } catch {
    return false
  }
}

function readIfFile(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file)
  } catch {
    // A folder, or nothing.
    return undefined
  }
}

/** With lengths, so that no part can pass for the end of the one before it. */
function addPart(hash: Hash, label: string, content: string | Uint8Array): void {
  const bytes = Buffer.from(content)
  hash.update(`${label.length}:${label}${bytes.length}:`).update(bytes)
}
