import type { Output, Program } from '../daemon/command-line.ts'
import { daemonProgram } from '../daemon/daemon-program.ts'
import { printChecks } from './print-checks.ts'
import { CONFIG_FILE, loadPrintConfig } from './print-config.ts'
import { runPrint } from './run-print.ts'

/** The print agent's command. */
export function printProgram(environment: NodeJS.ProcessEnv, output: Output): Program {
  const daemon = {
    name: 'faxlane-print',
    summary: 'prints the faxes that the gateway sends to the printers of a site',
    configFile: CONFIG_FILE,
    load: loadPrintConfig,
    runs: {
      summary: 'prints until it is told to stop; systemd runs this',
      help: 'Takes the jobs of its site, prints them through CUPS and reports what became of them. Logs a line for each job.',
    },
    work: runPrint,
    checks: printChecks,
  }
  return daemonProgram(daemon, environment, output)
}
