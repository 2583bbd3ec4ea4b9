import type { Log } from '../log.ts'
import { type AwsClients, makeAwsClients } from './aws-clients.ts'
import { type Check, checkFromConfig } from './check.ts'
import type { Output, Program, Subcommand, Words } from './command-line.ts'
import type { CommonConfig } from './common-options.ts'
import { journalLog } from './journal.ts'
import { type Heart, runDaemon, thisProcess } from './run-daemon.ts'
import { showStatus } from './status.ts'
import { watchdogMilliseconds } from './systemd.ts'
import { VERSION } from './version.ts'

/** What one agent is, besides being a daemon with a configuration file. */
export interface DaemonProgram<Config extends CommonConfig> {
  name: string
  /** One line for the program's help. */
  summary: string
  configFile: string
  load: (file: string) => Promise<Config>
  /** One line, and a paragraph, for the subcommand that systemd runs. */
  runs: { summary: string; help: string }
  work: (dependencies: { log: Log }, config: Config, signal: AbortSignal, heart: Heart) => Promise<void>
  checks: (aws: AwsClients, config: Config) => readonly Check[]
  /** Subcommands of its own. */
  further?: Program['subcommands']
}

const config = { type: 'string' } as const
const json = { type: 'boolean' } as const

/** An agent's command, as the terminal and systemd see it: run, check, status, and what it has of its own. */
export function daemonProgram<Config extends CommonConfig>(
  daemon: DaemonProgram<Config>,
  environment: NodeJS.ProcessEnv,
  output: Output,
): Program {
  const { name, summary, configFile, further = {} } = daemon
  return {
    name,
    version: VERSION,
    summary,
    epilogue: `Configuration: ${configFile}. Log: journalctl -u ${name}\n`,
    subcommands: {
      run: runCommand(daemon, environment, output),
      ...further,
      check: checkCommand(daemon, output),
      status: statusCommand(daemon, output),
    },
  }
}

/** The file that --config names, or the agent's own. */
export function configFileOf({ options }: Words, otherwise: string): string {
  return typeof options.config === 'string' ? options.config : otherwise
}

function runCommand<Config extends CommonConfig>(
  { name, configFile, load, runs, work }: DaemonProgram<Config>,
  environment: NodeJS.ProcessEnv,
  { out }: Output,
): Subcommand {
  return {
    summary: runs.summary,
    help: `Usage: ${name} run [--config FILE]

${runs.help}

  --config FILE  ${configFile}
`,
    options: { config },
    run: async (words) => {
      const found = await load(configFileOf(words, configFile))
      const log = journalLog(out, environment)
      return await runDaemon(thisProcess(log), {
        name,
        version: VERSION,
        stateFolder: found.stateFolder,
        watchdogMilliseconds: watchdogMilliseconds(environment),
        work: (signal, heart) => work({ log }, found, signal, heart),
      })
    },
  }
}

function checkCommand<Config extends CommonConfig>(
  { name, configFile, load, checks }: DaemonProgram<Config>,
  { out }: Output,
): Subcommand {
  return {
    summary: 'looks whether all that it needs is there',
    help: `Usage: ${name} check [--config FILE] [--json]

A line for each thing that the agent needs, with the fix where it is not there. Exit code 1 when anything is not.
Run it as the agent's user: sudo -u ${name} ${name} check

  --config FILE  ${configFile}
  --json         one JSON document
`,
    options: { config, json },
    run: async (words) => {
      const file = configFileOf(words, configFile)
      const open: { close: () => void }[] = []
      const checksOf = (found: Config) => {
        const aws = makeAwsClients(found)
        open.push(aws)
        return checks(aws, found)
      }
      const options = { json: words.options.json === true }
      const exitCode = await checkFromConfig({ file, load: () => load(file) }, checksOf, options, out)
      for (const { close } of open) close()
      return exitCode
    },
  }
}

function statusCommand<Config extends CommonConfig>(
  { name, configFile, load }: DaemonProgram<Config>,
  { out }: Output,
): Subcommand {
  return {
    summary: 'says what waits, the last success and the last error',
    help: `Usage: ${name} status [--config FILE] [--json]

What the running agent last said of itself. Exit code 1 when it does not run.

  --config FILE  ${configFile}
  --json         one JSON document
`,
    options: { config, json },
    run: async (words) => {
      const { stateFolder } = await load(configFileOf(words, configFile))
      return await showStatus({ stateFolder, unit: name }, { json: words.options.json === true }, out)
    },
  }
}
