import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync, type Metafile } from 'esbuild'
import type { FunctionKind } from '../functions/backends/list.ts'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { FUNCTION_KINDS } from './queue-plans.ts'

export type FunctionName =
  | 'receive'
  | 'dispatch'
  | 'notify'
  | 'submit'
  | 'schedule'
  | 'notify-sender'
  | 'api'
  | 'mail-in'
  | 'settle'
  | 'sweep'
  | 'download'
  | `deliver-${FunctionKind}`

/** Bytes that a function's code may have, minified: what a cold start reads. */
export function largestBundleBytes(name: FunctionName): number {
  // It puts PDFs together with pdf-lib, and nobody waits for it: a mail has come a longer way.
  return name === 'mail-in' ? 1_250_000 : 1_000_000
}

/** The folder of each function's bundle: index.mjs, and what lies beside it. */
export type AssetFolders = Record<FunctionName, string>

export interface Bundles {
  folders: AssetFolders
  /** What went into each bundle, by esbuild. */
  metafile: Metafile
}

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Bundled files call require for Node's own modules (nodemailer does), and an ES module has none. */
const REQUIRE_BANNER =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/** The file that each function starts from, in the project. */
export const ENTRIES: Record<FunctionName, string> = {
  receive: 'functions/receive/handler.ts',
  dispatch: 'functions/dispatch/handler.ts',
  notify: 'functions/notify/handler.ts',
  submit: 'functions/submit/handler.ts',
  schedule: 'functions/schedule/handler.ts',
  'notify-sender': 'functions/notify-sender/handler.ts',
  api: 'functions/api/handler.ts',
  'mail-in': 'functions/mail-in/handler.ts',
  settle: 'functions/settle/handler.ts',
  sweep: 'functions/sweep/handler.ts',
  download: 'functions/download/handler.ts',
  ...deliveryEntries(),
}

function deliveryEntries() {
  const entries = FUNCTION_KINDS.map((kind) => [`deliver-${kind}`, `functions/backends/${kind}/handler.ts`])
  return Object.fromEntries(entries) as Record<`deliver-${FunctionKind}`, string>
}

/** Files that a source reads at run time, from beside the bundle that it went into: name there, and where it comes from. */
const READ_AT_RUN_TIME: Readonly<Record<string, { name: string; from: string }>> = {
  'functions/submit/rasterise/pdfium/instance.ts': {
    name: 'pdfium.wasm',
    from: '@embedpdf/pdfium/pdfium.wasm',
  },
}

/** Who reads the routing table reads it by this source. */
const READS_TABLE = 'functions/routing-table-file.ts'

/**
 * Bundles all functions in one call, which reads and parses each source of the SDK once, into a folder for each function under
 * `buildFolder`. The routing table goes beside the functions that ask it.
 */
export function makeBundles(buildFolder: string, table: DeployedTable): Bundles {
  const root = resolve(buildFolder, 'functions')
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: PROJECT,
    entryPoints: Object.entries(ENTRIES).map(([name, file]) => ({ in: file, out: `${name}/index` })),
    outdir: root,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    minify: true,
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    banner: { js: REQUIRE_BANNER },
    logLevel: 'warning',
  })
  for (const { path, contents } of outputFiles) replaceFile(path, contents)
  for (const [path, { inputs }] of Object.entries(metafile.outputs)) {
    placeFilesBeside(join(PROJECT, path), inputs)
    if (READS_TABLE in inputs)
      replaceFile(join(PROJECT, dirname(path), 'routing-table.json'), JSON.stringify(table))
  }
  const folders = Object.fromEntries(Object.keys(ENTRIES).map((name) => [name, join(root, name)]))
  return { folders: folders as AssetFolders, metafile }
}

function placeFilesBeside(bundle: string, inputs: Metafile['outputs'][string]['inputs']): void {
  for (const [source, { name, from }] of Object.entries(READ_AT_RUN_TIME))
    if (source in inputs)
      replaceFile(join(dirname(bundle), name), readFileSync(createRequire(import.meta.url).resolve(from)))
}

/** In one step, so that a second synthesis that runs at the same time finds the old file or the new one, and never half a file. */
function replaceFile(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}.new`
  writeFileSync(unfinished, contents)
  renameSync(unfinished, path)
}
