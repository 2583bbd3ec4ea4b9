import { EXIT_CODES, HELP, readCommandLine, WrongUsage } from './command-line.ts'
import { GatewayRuns } from './gateway/home.ts'
import { SynthesisFailed } from './synth/run-cdk-app.ts'

// Only what the words need is loaded before they are known to be right: --help answers at once.
try {
  const command = readCommandLine(process.argv.slice(2))
  if (command === undefined) process.stdout.write(HELP)
  else {
    const { run } = await import('./run.ts')
    process.exitCode = await run(command)
  }
} catch (error) {
  if (error instanceof WrongUsage) process.exitCode = EXIT_CODES.usage
  else if (error instanceof SynthesisFailed || error instanceof GatewayRuns)
    process.exitCode = EXIT_CODES.noStart
  else throw error
  process.stderr.write(`${error.message}\n`)
}
