import { runProgram } from '../daemon/command-line.ts'
import { edgeProgram } from './edge-program.ts'

const output = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
}

process.exitCode = await runProgram(edgeProgram(process.env, output), process.argv.slice(2), output)
