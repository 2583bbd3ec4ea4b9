import { join, resolve } from 'node:path'
import type { CommandLine } from './command-line.ts'
import { assertFree } from './gateway/home.ts'
import { type Gateway, GatewayRuns, type RunningGateway, startGateway } from './gateway.ts'
import type { Show } from './show/events.ts'
import { shownPath } from './show/shown-path.ts'
import { ensureSynthesized } from './synth/ensure-synthesized.ts'

interface Opening {
  command: CommandLine
  projectFolder: string
  /** Where the user was: the paths of the command line start there. */
  userFolder: string
  show: Show
}

export interface OpenedGateway {
  gateway: RunningGateway
  close: () => Promise<void>
}

/** Retries wait a sixtieth of their time unless real time is asked for: a trial is no place to wait a quarter of an hour. */
const DELAY_DIVISOR = 60

/** Brings a gateway up, or joins the one that runs on the same home folder where that will do. */
export async function openGateway(opening: Opening): Promise<OpenedGateway> {
  const { command, projectFolder, userFolder, show } = opening
  const startedAt = performance.now()
  const homeFolder =
    command.homeFolder === undefined
      ? join(projectFolder, '.faxlane')
      : resolve(userFolder, command.homeFolder)
  const config =
    command.config === undefined
      ? join(projectFolder, 'config/fax.conf')
      : resolve(userFolder, command.config)
  const ready = (gateway: RunningGateway, attached: boolean) => {
    const seconds = (performance.now() - startedAt) / 1000
    const home = shownPath(userFolder, homeFolder)
    show({ event: 'ready', seconds, endpoint: gateway.endpoint, home, attached })
  }
  try {
    // Before the synthesis, which a gateway that is up makes superfluous.
    await assertFree(homeFolder)
    const gateway = await bringUp(opening, { homeFolder, config })
    ready(gateway, false)
    return { gateway, close: () => gateway.close() }
  } catch (error) {
    if (!(error instanceof GatewayRuns) || !command.once) throw error
    ready(error.gateway, true)
    return { gateway: error.gateway, close: async () => {} }
  }
}

async function bringUp(
  { command, projectFolder, show }: Opening,
  { homeFolder, config }: { homeFolder: string; config: string },
): Promise<Gateway> {
  const { assemblyFolder, notes } = await ensureSynthesized({
    projectFolder,
    config,
    everySecond: process.stdout.isTTY === true && !command.json,
    onProgress: (progress) => show({ event: 'synthesizing', ...progress }),
  })
  for (const text of notes) show({ event: 'note', text })
  return startGateway({
    homeFolder,
    assemblyFolder,
    delayDivisor: command.realTime ? 1 : DELAY_DIVISOR,
    modems: command.modems,
    onProblem: (text) => show({ event: 'problem', text }),
  })
}
