import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync, type Metafile } from 'esbuild'

export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

export type AgentName = 'edge' | 'print'

export interface AgentBundle {
  agent: AgentName
  /** Path of the executable file. */
  file: string
  /** What went into it, by esbuild; paths are relative to the project. */
  metafile: Metafile
}

/** For what is inside and calls require for Node's own modules: an ES module has none. */
const BANNER = [
  '#!/usr/bin/env node',
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
].join('\n')

/** One file for each agent, with all that it needs but Node. */
export function bundleAgent(agent: AgentName, version: string, outputFolder: string): AgentBundle {
  const file = join(outputFolder, `${agent}-agent.mjs`)
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: PROJECT,
    entryPoints: [`agents/${agent}/main.ts`],
    outfile: file,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    // Names stay: a stack trace in somebody's journal is all that there is to go by.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    banner: { js: BANNER },
    define: { 'process.env.FAXLANE_VERSION': JSON.stringify(version) },
    logLevel: 'warning',
  })
  const [output] = outputFiles
  if (output === undefined) throw new Error(`esbuild made nothing of agents/${agent}/main.ts.`)
  mkdirSync(outputFolder, { recursive: true })
  writeFileSync(file, output.contents)
  chmodSync(file, 0o755)
  return { agent, file, metafile }
}
