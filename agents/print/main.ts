import { runProgram } from '../daemon/command-line.ts'
import { printProgram } from './print-program.ts'

const output = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
}

process.exitCode = await runProgram(printProgram(process.env, output), process.argv.slice(2), output)
