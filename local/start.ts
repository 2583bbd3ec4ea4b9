import { EXIT_CODES, HELP, readCommandLine, WrongUsage } from './command-line.ts'

// Only what the words need is loaded before they are known to be right: --help answers at once.
try {
  const command = readCommandLine(process.argv.slice(2))
  if (command === undefined) process.stdout.write(HELP)
  else {
    const { run } = await import('./run.ts')
    process.exitCode = await run(command)
  }
} catch (error) {
  if (!(error instanceof WrongUsage)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = EXIT_CODES.usage
}
