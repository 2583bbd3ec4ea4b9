import type { Output, Program } from '../daemon/command-line.ts'
import { daemonProgram } from '../daemon/daemon-program.ts'
import { loadConfig } from '../daemon/read-config.ts'
import { edgeChecks } from './edge-checks.ts'
import { CONFIG_FILE, EDGE_OPTIONS, SECTION } from './edge-config.ts'
import { runEdge } from './run-edge.ts'
import { submitCommand } from './submit-command.ts'

/** The edge agent's command. */
export function edgeProgram(environment: NodeJS.ProcessEnv, output: Output): Program {
  const daemon = {
    name: 'faxlane-edge',
    summary: 'uploads the faxes that the PBX beside it receives, and sends through it',
    configFile: CONFIG_FILE,
    load: (file: string) => loadConfig(file, SECTION, EDGE_OPTIONS),
    runs: {
      summary: 'uploads and sends until it is told to stop; systemd runs this',
      help: `Takes up what lies in the spool and what comes to it, sends what the gateway has for the site where ami_user is set, and logs a line
for each fax to standard output.`,
    },
    work: runEdge,
    checks: edgeChecks,
    further: { submit: submitCommand(output) },
  }
  return daemonProgram(daemon, environment, output)
}
