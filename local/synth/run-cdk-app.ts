import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

/** The synthesis failed: the message is for the person who can mend the table or the sources. */
export class SynthesisFailed extends Error {
  override name = 'SynthesisFailed'
}

export interface SynthesisProgress {
  /** What is being done. */
  step: string
  /** Since the synthesis began. */
  seconds: number
}

export interface CdkRun {
  projectFolder: string
  /** Gets the bundles in build/ and the cloud assembly in assembly/. */
  folder: string
  context: Record<string, string>
  onProgress: (progress: SynthesisProgress) => void
  /** Reports each second and not only each step. */
  everySecond?: boolean | undefined
  /** Where the whole output of a run that broke goes. */
  failureLog: string
}

export interface Command {
  file: string
  arguments: readonly string[]
}

const CDK_APP: Command = { file: process.execPath, arguments: ['--import', 'tsx', 'infra/app.ts'] }
const LOOK_MILLISECONDS = 100

/** Runs the CDK app; answers what it had to say although all is well. Throws {@link SynthesisFailed}. */
export async function runCdkApp(
  run: CdkRun,
  { file, arguments: words }: Command = CDK_APP,
): Promise<string[]> {
  const build = join(run.folder, 'build')
  const child = spawn(file, words, {
    cwd: run.projectFolder,
    env: {
      ...withoutCloudSettings(process.env),
      CDK_OUTDIR: join(run.folder, 'assembly'),
      CDK_CONTEXT_JSON: JSON.stringify({ ...run.context, build }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const stopWatching = watchProgress(run)
  const end = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(code === 0 ? '' : `it ended with ${signal ?? `status ${code}`}`),
    )
  })
  stopWatching()
  const text = Buffer.concat(output).toString()
  if (end === '') return text.split('\n').filter((line) => line.trim() !== '')
  throw await failure(text, end, run.failureLog)
}

/** The app says nothing while it works: what is there already tells how far it is. */
const STEPS = [
  { step: 'loading the CDK', until: 'assembly' },
  { step: 'checking the routing table and bundling the functions', until: join('build', 'functions') },
  { step: 'synthesizing the stacks', until: join('assembly', 'manifest.json') },
  { step: 'checking the templates', until: undefined },
]

function watchProgress({ folder, onProgress, everySecond = false }: CdkRun): () => void {
  const startedAt = performance.now()
  let said = ''
  const look = () => {
    const seconds = (performance.now() - startedAt) / 1000
    const current = STEPS.find(({ until }) => until === undefined || !existsSync(join(folder, until)))
    const step = current?.step ?? ''
    const mark = everySecond ? `${step} ${Math.floor(seconds)}` : step
    if (mark !== said) onProgress({ step, seconds })
    said = mark
  }
  look()
  const timer = setInterval(look, LOOK_MILLISECONDS)
  return () => clearInterval(timer)
}

/** The local template depends on the project alone, not on the account that the user's shell is logged in to. */
function withoutCloudSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(AWS|CDK)_/.test(name)))
}

async function failure(output: string, end: string, failureLog: string): Promise<SynthesisFailed> {
  const lines = output.trim().split('\n')
  const isTrace = lines.some((line) => STACK_LINE.test(line))
  if (!isTrace && output.trim() !== '') return new SynthesisFailed(output.trim())
  await writeFile(failureLog, output)
  // Of a crash, what was thrown; the trace behind it is for the log.
  const from = lines.findIndex((line) => THROWN_LINE.test(line))
  const to = lines.findIndex((line, index) => index > from && STACK_LINE.test(line))
  const what = from === -1 ? end : lines.slice(from, to === -1 ? undefined : to).join('\n')
  return new SynthesisFailed(`The CDK app did not synthesize: ${what}\nAll that it said is in ${failureLog}`)
}

const THROWN_LINE = /^\w*Error( \[\w+\])?: /
const STACK_LINE = /^\s+at .+(:\d+|<anonymous>|native)\)?$/
