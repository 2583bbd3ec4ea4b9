import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { buildDeb } from './build-deb.ts'
import { type AgentName, bundleAgent, PROJECT } from './bundle-agents.ts'
import { type OwnNode, readOwnNode, UnfitNode } from './own-node.ts'

const USAGE = `npm run package -- [FOLDER] [--node FILE]

Makes both agents in FOLDER (dist): a file to run for each, and a Debian package.
--node FILE   puts this Node into the packages, for a PBX whose own is older than 20: bin/node of nodejs.org's archive
              for its machine (amd64 or arm64; Debian 10 or later)
`

const AGENTS: readonly AgentName[] = ['edge', 'print']
const manifestSchema = z.object({ version: z.string().regex(/^\d[\w.+~-]*$/) })

process.exitCode = main()

function main(): number {
  const command = readWords()
  if (command === undefined || command.help) {
    process.stdout.write(USAGE)
    return command === undefined ? 2 : 0
  }
  // npm runs scripts in the project's folder and says where the user was.
  const userFolder = process.env.INIT_CWD ?? process.cwd()
  try {
    const node = command.node === undefined ? undefined : readOwnNode(resolve(userFolder, command.node))
    makePackages(resolve(PROJECT, command.folder), node)
    return 0
  } catch (error) {
    if (!(error instanceof UnfitNode)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

function makePackages(outputFolder: string, node: OwnNode | undefined): void {
  const { version } = manifestSchema.parse(JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')))
  mkdirSync(outputFolder, { recursive: true })
  for (const agent of AGENTS) {
    const bundle = bundleAgent(agent, version, outputFolder)
    const deb = buildDeb(bundle, { version, sourceDateEpoch: sourceDateEpoch(), outputFolder, node })
    for (const path of [bundle.file, deb]) console.log(relative(process.cwd(), path))
  }
}

/** Undefined for words that are not understood. */
function readWords(): { folder: string; node: string | undefined; help: boolean } | undefined {
  const options = { node: { type: 'string' }, help: { type: 'boolean', default: false } } as const
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [folder = 'dist', ...more] = positionals
    return more.length > 0 ? undefined : { folder, node: values.node, help: values.help }
  } catch {
    return undefined
  }
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
