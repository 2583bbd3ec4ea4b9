import { dirname, isAbsolute, join } from 'node:path'
import type { Reading } from '../checks.ts'
import { decodeUtf8 } from '../ini.ts'

/** The content travels with each delivery's message, and a message of SQS is 1 MiB at most. */
const MAX_FILE_BYTES = 64 * 1024

/** Where the table names a file. */
export interface NamedFile {
  path: string
  line: number
  option: string
}

/** The text of a file that the table names, with line feeds alone; undefined: reported. */
export function readText(named: NamedFile, reading: Reading): string | undefined {
  const { path, line, option } = named
  // The parser has reported it already, and no file system takes it.
  if (/\p{Cc}/u.test(path)) return undefined
  const found = `${option} = ${path}`
  const bytes = reading.readFile(path)
  if (bytes === undefined) {
    const fix = 'Put the file there, or name one that is. A path is relative to the folder of the table.'
    reading.finding({ line, found, problem: `${option}: This file cannot be read.`, fix })
    return undefined
  }
  if (bytes.length > MAX_FILE_BYTES) {
    const problem = `${option}: This file has ${bytes.length} bytes; ${MAX_FILE_BYTES} is the most.`
    reading.finding({ line, found, problem, fix: 'Name a smaller file: it travels with every delivery.' })
    return undefined
  }
  const text = decodeUtf8(bytes).replaceAll(/\r\n?/g, '\n')
  return isClean(text, fileNamed(path, reading), reading) ? text : undefined
}

function isClean(text: string, file: string, reading: Reading): boolean {
  const bad = /\uFFFD|(?![\t\n])\p{Cc}/u.exec(text)
  if (bad === null) return true
  const line = lineAt(text, bad.index)
  const found = `${text.slice(text.lastIndexOf('\n', bad.index) + 1, bad.index)}${bad[0]}`
  if (bad[0] === '\uFFFD') {
    reading.findingElsewhere({
      file,
      line,
      found,
      problem: 'This line is not UTF-8.',
      fix: 'Save the file as UTF-8.',
    })
  } else {
    const problem = 'A control character stands in this line.'
    reading.findingElsewhere({ file, line, found, problem, fix: 'Remove it.' })
  }
  return false
}

/** A path of the table as it is to be named in findings: from where the table's own path starts. */
export function fileNamed(path: string, { file }: Reading): string {
  return isAbsolute(path) ? path : join(dirname(file), path)
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
