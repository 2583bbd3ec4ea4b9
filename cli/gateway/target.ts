import { resolve } from 'node:path'
import { visible } from '../../shared/visible.ts'
import { CommandFailed } from '../subcommand.ts'
import { wrongUsage } from '../words.ts'
import { findLocalGateway, type LocalGateway } from './local-gateway.ts'

/** Options of every command that works with a gateway. */
export const GATEWAY_OPTIONS = {
  stack: { type: 'string' },
  home: { type: 'string' },
} as const

export const GATEWAY_HELP = `  --stack NAME  the deployment of this name, with the AWS credentials and the region of the environment.
  --home DIR    the gateway that runs on this machine with its state in DIR (npm start).
                Without either: FAXLANE_STACK or FAXLANE_HOME, else the gateway that runs on .faxlane, else the deployment faxlane
`

/** The gateway that is meant. */
export type Target = { deployment: string } | { local: LocalGateway; home: string }

interface Choice {
  stack?: string | undefined
  home?: string | undefined
}

export const DEFAULT_DEPLOYMENT = 'faxlane'
const DEFAULT_HOME = '.faxlane'

/** Throws WrongUsage for two at once, {@link CommandFailed} where no gateway runs on the folder that is named. */
export async function findTarget(
  subcommand: string,
  words: Choice,
  environment: Partial<Record<'FAXLANE_STACK' | 'FAXLANE_HOME', string>>,
): Promise<Target> {
  if (words.stack !== undefined && words.home !== undefined) {
    throw wrongUsage(subcommand, '--stack names a deployment, --home a gateway on this machine: one of them')
  }
  const isSaid = words.stack !== undefined || words.home !== undefined
  const { stack, home } = isSaid
    ? words
    : { stack: environment.FAXLANE_STACK, home: environment.FAXLANE_HOME }
  if (stack) return { deployment: deploymentOf(stack) }
  if (home) return { local: await localAt(home), home }
  const local = await findLocalGateway(resolve(DEFAULT_HOME))
  return local === undefined ? { deployment: DEFAULT_DEPLOYMENT } : { local, home: DEFAULT_HOME }
}

/** The two stacks of a deployment are called NAME-data and NAME-gateway: who copies one of these means the deployment. */
function deploymentOf(stack: string): string {
  return stack.replace(/-(data|gateway)$/, '')
}

async function localAt(home: string): Promise<LocalGateway> {
  const local = await findLocalGateway(resolve(home))
  if (local !== undefined) return local
  throw new CommandFailed(
    `no gateway runs on ${visible(home)}. Start one: npm start -- --home ${visible(home)}`,
  )
}
