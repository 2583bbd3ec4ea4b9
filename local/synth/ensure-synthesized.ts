import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { fingerprint, type SynthesisInput } from './fingerprint.ts'
import { type CdkRun, runCdkApp, type SynthesisProgress } from './run-cdk-app.ts'

export { SynthesisFailed } from './run-cdk-app.ts'

export interface SynthesisOptions extends SynthesisInput {
  onProgress: (progress: SynthesisProgress) => void
  /** Reports each second and not only each step. */
  everySecond?: boolean
}

export interface Synthesis {
  assemblyFolder: string
  /** Made now, and not found. */
  fresh: boolean
  /** What the CDK app wants an admin to know, when it was made now. */
  notes: string[]
}

/** As many as one goes back and forth between; a gateway that is up runs from its own. */
const KEPT_ENTRIES = 5
const ABANDONED_MILLISECONDS = 3_600_000

/**
 * The cloud assembly of the project as it is: from .build/synth/ when nothing has changed that decides it, else synthesized into there.
 * Throws {@link SynthesisFailed}.
 */
export async function ensureSynthesized(
  options: SynthesisOptions,
  synthesize: (run: CdkRun) => Promise<string[]> = runCdkApp,
): Promise<Synthesis> {
  const root = join(options.projectFolder, '.build', 'synth')
  const entry = join(root, fingerprint(options))
  const assemblyFolder = join(entry, 'assembly')
  if (await use(entry)) return { assemblyFolder, fresh: false, notes: [] }
  const unfinished = join(root, `${UNFINISHED}${randomUUID()}`)
  await mkdir(unfinished, { recursive: true })
  try {
    const notes = await synthesize({
      projectFolder: options.projectFolder,
      folder: unfinished,
      context: { config: shortPath(options), ...(options.name === undefined ? {} : { name: options.name }) },
      onProgress: options.onProgress,
      everySecond: options.everySecond,
      failureLog: join(root, 'failed.log'),
    })
    await moveInto(entry, unfinished)
    return { assemblyFolder, fresh: true, notes }
  } finally {
    await rm(unfinished, { recursive: true, force: true })
    await removeOld(root, entry)
  }
}

/** What the CDK app finds wrong is named by it: short where the table is part of the project. */
function shortPath({ projectFolder, config }: SynthesisInput): string {
  const path = relative(projectFolder, config)
  return path.startsWith('..') ? config : path
}

const UNFINISHED = 'unfinished-'

/** False when it is not there. Marks it as used, since the ones that are not go first. */
async function use(entry: string): Promise<boolean> {
  try {
    const now = new Date()
    await utimes(entry, now, now)
    return true
  } catch {
    return false
  }
}

/** In one step. When another start was faster, its result is as good. */
async function moveInto(entry: string, unfinished: string): Promise<void> {
  try {
    await rename(unfinished, entry)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

async function removeOld(root: string, current: string): Promise<void> {
  const names = await readdir(root)
  const found = await Promise.all(names.map((name) => describeEntry(join(root, name))))
  const folders = found.filter((entry): entry is Entry => entry !== undefined && entry.path !== current)
  const [unfinished, whole] = [folders.filter(isUnfinished), folders.filter((entry) => !isUnfinished(entry))]
  const old = whole.sort((one, other) => other.usedAt - one.usedAt).slice(KEPT_ENTRIES - 1)
  const abandoned = unfinished.filter(({ usedAt }) => usedAt < Date.now() - ABANDONED_MILLISECONDS)
  for (const { path } of [...old, ...abandoned]) await rm(path, { recursive: true, force: true })
}

interface Entry {
  path: string
  usedAt: number
}

/** Undefined for what is no folder, or is gone by now. */
async function describeEntry(path: string): Promise<Entry | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() === true ? { path, usedAt: found.mtimeMs } : undefined
}

function isUnfinished({ path }: Entry): boolean {
  return basename(path).startsWith(UNFINISHED)
}
