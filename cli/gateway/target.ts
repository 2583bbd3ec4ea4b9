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

type Environment = Partial<Record<'FAXLANE_STACK' | 'FAXLANE_HOME', string>>

export const DEFAULT_DEPLOYMENT = 'faxlane'
const DEFAULT_HOME = '.faxlane'

/** Throws WrongUsage for two at once, {@link CommandFailed} where no gateway runs on the folder that is named. */
export async function findTarget(
  subcommand: string,
  words: Choice,
  environment: Environment,
): Promise<Target> {
  if (words.stack !== undefined && words.home !== undefined) {
    throw wrongUsage(subcommand, '--stack names a deployment, --home a gateway on this machine: one of them')
  }
  // A variable of a script that is empty must not mean another gateway.
  if (words.stack === '' || words.home === '') throw wrongUsage(subcommand, '--stack or --home names nothing')
  const { stack, home } = named(words, environment)
  if (stack) return { deployment: stack }
  if (home) return { local: await localAt(home), home }
  const local = await findLocalGateway(resolve(DEFAULT_HOME))
  return local === undefined ? { deployment: DEFAULT_DEPLOYMENT } : { local, home: DEFAULT_HOME }
}

function named(words: Choice, environment: Environment): Choice {
  const isSaid = words.stack !== undefined || words.home !== undefined
  return isSaid ? words : { stack: environment.FAXLANE_STACK, home: environment.FAXLANE_HOME }
}

/** Whether somebody said which gateway, by an option or once for all. */
export function isNamed(words: Choice, environment: Environment): boolean {
  const { stack, home } = named(words, environment)
  return Boolean(stack) || Boolean(home)
}

async function localAt(home: string): Promise<LocalGateway> {
  const local = await findLocalGateway(resolve(home))
  if (local !== undefined) return local
  throw new CommandFailed(
    `no gateway runs on ${visible(home)}. Start one: npm start -- --home ${visible(home)}`,
  )
}
