import { makeAwsClients } from '../daemon/aws-clients.ts'
import { checkFromConfig } from '../daemon/check.ts'
import type { Output, Program, Subcommand, Words } from '../daemon/command-line.ts'
import { journalLog } from '../daemon/journal.ts'
import { runDaemon, thisProcess } from '../daemon/run-daemon.ts'
import { showStatus } from '../daemon/status.ts'
import { watchdogMilliseconds } from '../daemon/systemd.ts'
import { VERSION } from '../daemon/version.ts'
import { printChecks } from './print-checks.ts'
import { CONFIG_FILE, loadPrintConfig, type PrintConfig } from './print-config.ts'
import { runPrint } from './run-print.ts'

const NAME = 'faxlane-print'

const config = { type: 'string' } as const
const json = { type: 'boolean' } as const

const configFile = ({ options }: Words): string =>
  typeof options.config === 'string' ? options.config : CONFIG_FILE

/** The print agent's command, as the terminal and systemd see it. */
export function printProgram(environment: NodeJS.ProcessEnv, output: Output): Program {
  return {
    name: NAME,
    version: VERSION,
    summary: 'prints the faxes that the gateway sends to the printers of a site',
    epilogue: `Configuration: ${CONFIG_FILE}. Log: journalctl -u ${NAME}\n`,
    subcommands: {
      run: runCommand(environment, output),
      check: checkCommand(output),
      status: statusCommand(output),
    },
  }
}

function runCommand(environment: NodeJS.ProcessEnv, { out }: Output): Subcommand {
  return {
    summary: 'prints until it is told to stop; systemd runs this',
    help: `Usage: ${NAME} run [--config FILE]

Takes the jobs of its site, prints them through CUPS and reports what became of them. Logs a line for each job.

  --config FILE  ${CONFIG_FILE}
`,
    options: { config },
    run: async (words) => {
      const found = await loadPrintConfig(configFile(words))
      const log = journalLog(out, environment)
      return await runDaemon(thisProcess(log), {
        name: NAME,
        version: VERSION,
        stateFolder: found.stateFolder,
        watchdogMilliseconds: watchdogMilliseconds(environment),
        work: (signal, heart) => runPrint({ log }, found, signal, heart),
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
      const checksOf = (found: PrintConfig) => {
        const aws = makeAwsClients(found)
        open.push(aws)
        return printChecks(aws, found)
      }
      const options = { json: words.options.json === true }
      const exitCode = await checkFromConfig(
        { file, load: () => loadPrintConfig(file) },
        checksOf,
        options,
        out,
      )
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
      const { stateFolder } = await loadPrintConfig(configFile(words))
      return await showStatus({ stateFolder, unit: NAME }, { json: words.options.json === true }, out)
    },
  }
}
