import { makeAwsClients } from '../daemon/aws-clients.ts'
import { checkFromConfig } from '../daemon/check.ts'
import type { Output, Program, Subcommand } from '../daemon/command-line.ts'
import { journalLog } from '../daemon/journal.ts'
import { loadConfig } from '../daemon/read-config.ts'
import { runDaemon, thisProcess } from '../daemon/run-daemon.ts'
import { showStatus } from '../daemon/status.ts'
import { watchdogMilliseconds } from '../daemon/systemd.ts'
import { VERSION } from '../daemon/version.ts'
import { edgeChecks } from './edge-checks.ts'
import { CONFIG_FILE, EDGE_OPTIONS, type EdgeConfig, SECTION } from './edge-config.ts'
import { runEdge } from './run-edge.ts'
import { configFile, submitCommand } from './submit-command.ts'

const NAME = 'faxlane-edge'

const config = { type: 'string' } as const
const json = { type: 'boolean' } as const

const load = (file: string): Promise<EdgeConfig> => loadConfig(file, SECTION, EDGE_OPTIONS)

/** The edge agent's command, as the terminal and systemd see it. */
export function edgeProgram(environment: NodeJS.ProcessEnv, output: Output): Program {
  return {
    name: NAME,
    version: VERSION,
    summary: 'uploads the faxes that the PBX beside it receives, and sends through it',
    epilogue: `Configuration: ${CONFIG_FILE}. Log: journalctl -u ${NAME}\n`,
    subcommands: {
      run: runCommand(environment, output),
      submit: submitCommand(output),
      check: checkCommand(output),
      status: statusCommand(output),
    },
  }
}

function runCommand(environment: NodeJS.ProcessEnv, { out }: Output): Subcommand {
  return {
    summary: 'uploads and sends until it is told to stop; systemd runs this',
    help: `Usage: ${NAME} run [--config FILE]

Takes up what lies in the spool and what comes to it, sends what the gateway has for the site where ami_user is set, and logs a line
for each fax to standard output.

  --config FILE  ${CONFIG_FILE}
`,
    options: { config },
    run: async (words) => {
      const found = await load(configFile(words))
      const log = journalLog(out, environment)
      return await runDaemon(thisProcess(log), {
        name: NAME,
        version: VERSION,
        stateFolder: found.stateFolder,
        watchdogMilliseconds: watchdogMilliseconds(environment),
        work: (signal, heart) => runEdge({ log }, found, signal, heart),
      })
    },
  }
}

function checkCommand({ out }: Output): Subcommand {
  return {
    summary: 'looks whether all that it needs is there',
    help: `Usage: ${NAME} check [--config FILE] [--json]

A line for each thing that the agent needs, with the fix where it is not there. Exit code 1 when anything is not.
Run it as the agent's user: sudo -u ${NAME} ${NAME} check

  --config FILE  ${CONFIG_FILE}
  --json         one JSON document
`,
    options: { config, json },
    run: async (words) => {
      const file = configFile(words)
      const open: { close: () => void }[] = []
      const checksOf = (found: EdgeConfig) => {
        const aws = makeAwsClients(found)
        open.push(aws)
        return edgeChecks(aws, found)
      }
      const options = { json: words.options.json === true }
      const exitCode = await checkFromConfig({ file, load: () => load(file) }, checksOf, options, out)
      for (const { close } of open) close()
      return exitCode
    },
  }
}

function statusCommand({ out }: Output): Subcommand {
  return {
    summary: 'says what waits, the last success and the last error',
    help: `Usage: ${NAME} status [--config FILE] [--json]

What the running agent last said of itself. Exit code 1 when it does not run.

  --config FILE  ${CONFIG_FILE}
  --json         one JSON document
`,
    options: { config, json },
    run: async (words) => {
      const { stateFolder } = await load(configFile(words))
      return await showStatus({ stateFolder, unit: NAME }, { json: words.options.json === true }, out)
    },
  }
}
