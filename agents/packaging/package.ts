import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import * as z from 'zod'
import { buildDeb } from './build-deb.ts'
import { type AgentName, bundleAgent, PROJECT } from './bundle-agents.ts'

/** Makes both agents: a file to run for each, and a Debian package. The first word is the folder for them, else dist/. */
const outputFolder = resolve(PROJECT, process.argv[2] ?? 'dist')
const AGENTS: readonly AgentName[] = ['edge', 'print']

const manifestSchema = z.object({ version: z.string().regex(/^\d[\w.+~-]*$/) })
const { version } = manifestSchema.parse(JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')))

mkdirSync(outputFolder, { recursive: true })
for (const agent of AGENTS) {
  const bundle = bundleAgent(agent, version, outputFolder)
  const deb = buildDeb(bundle, { version, sourceDateEpoch: sourceDateEpoch(), outputFolder })
  for (const path of [bundle.file, deb]) console.log(relative(process.cwd(), path))
}

/** As reproducible-builds.org has it: who builds says it, or it is the time of the last commit. */
function sourceDateEpoch(): number {
  const seconds = process.env.SOURCE_DATE_EPOCH ?? timeOfLastCommit()
  if (/^\d+$/.test(seconds)) return Number(seconds)
  throw new Error(
    `SOURCE_DATE_EPOCH=${seconds}: write seconds since 1970, as in SOURCE_DATE_EPOCH=$(date +%s).`,
  )
}

/** Empty outside of a git checkout. */
function timeOfLastCommit(): string {
  const { stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: PROJECT, encoding: 'utf8' })
  return stdout?.trim() ?? ''
}
