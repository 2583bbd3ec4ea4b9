import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type CommandLine, EXIT_CODES } from './command-line.ts'
import { followFax } from './follow/follow.ts'
import { makeLedgerReader } from './follow/ledger-reader.ts'
import { makeWhere } from './follow/where.ts'
import type { RunningGateway } from './gateway.ts'
import { openGateway } from './open-gateway.ts'
import { SAMPLES, type Submission } from './samples.ts'
import { type Show, type ShownEvent, summarize } from './show/events.ts'
import { makeJsonShow } from './show/json.ts'
import { makePicture } from './show/picture.ts'
import { shownPath } from './show/shown-path.ts'
import { makeSubmit } from './submit.ts'

/** A fax that has not ended by then goes on beside the next one. */
const PATIENCE_MILLISECONDS = 3000

/** Does what the command line says; answers the exit code. */
export async function run(command: CommandLine): Promise<number> {
  const projectFolder = fileURLToPath(new URL('..', import.meta.url))
  // npm runs scripts in the project's folder and says where the user was.
  const userFolder = process.env.INIT_CWD ?? process.cwd()
  const stopping = new AbortController()
  const stop = () => (stopping.signal.aborted ? process.exit(130) : stopping.abort())
  process.on('SIGINT', stop).on('SIGTERM', stop)

  const shown: ShownEvent[] = []
  const draw = presenter(command.json)
  const show: Show = (event) => {
    shown.push(event)
    draw(event)
  }
  const { gateway, close } = await openGateway({ command, projectFolder, userFolder, show })
  try {
    await receiveAll(gateway, submissionsOf(command, userFolder), {
      show,
      userFolder,
      signal: stopping.signal,
    })
    const summary = summarize(shown)
    draw(summary)
    if (!command.once && !stopping.signal.aborted) await stayUp(command, stopping.signal)
    return summary.failed === 0 ? EXIT_CODES.allDelivered : EXIT_CODES.someFailed
  } finally {
    await close()
  }
}

function presenter(json: boolean): Show {
  const write = (text: string) => process.stdout.write(text)
  const isTerminal = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
  return json ? makeJsonShow(write) : makePicture({ write, isTerminal, now: () => new Date() })
}

function submissionsOf({ files, from, to, error }: CommandLine, userFolder: string): readonly Submission[] {
  if (files.length === 0) return SAMPLES
  return files.map((file) => ({ file: resolve(userFolder, file), from, to, error }))
}

async function receiveAll(
  gateway: RunningGateway,
  submissions: readonly Submission[],
  { show, userFolder, signal }: { show: Show; userFolder: string; signal: AbortSignal },
): Promise<void> {
  const fileOf = (key: string) => shownPath(userFolder, join(gateway.folders.bucket, key))
  const submit = makeSubmit(gateway, fileOf)
  const following = {
    readStory: makeLedgerReader(gateway),
    where: makeWhere(gateway, userFolder),
    fileOf,
    show,
  }
  const follows: Promise<void>[] = []
  for (const submission of submissions) {
    if (signal.aborted) break
    try {
      const uploaded = await submit(submission)
      show(uploaded)
      const follow = followFax(following, uploaded.fax, signal)
      follows.push(follow)
      await Promise.race([follow, sleep(PATIENCE_MILLISECONDS, undefined, { ref: false })])
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      show({ event: 'not uploaded', file: shownPath(userFolder, submission.file), text })
    }
  }
  await Promise.all(follows)
}

async function stayUp({ json, homeFolder }: CommandLine, signal: AbortSignal): Promise<void> {
  if (!json) {
    const home = homeFolder === undefined ? '' : ` --home ${homeFolder}`
    process.stdout.write(
      '\nThe gateway stays up. Send it another fax from a second terminal:\n\n' +
        `  npm start -- --once FILE.tif --from 0478123456 --to 100${home}\n` +
        `  npx faxlane send --to 0112697845 --wait FILE.pdf${home}\n\nCtrl-C stops it.\n`,
    )
  }
  // A timer keeps the process alive even where nothing else does.
  const alive = setInterval(() => {}, 60_000)
  await new Promise((stopped) => signal.addEventListener('abort', stopped, { once: true }))
  clearInterval(alive)
  if (!json) process.stdout.write('\nStopping …\n')
}
