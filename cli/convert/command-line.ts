import { basename, dirname, extname, join } from 'node:path'
import { visible } from '../../shared/visible.ts'
import { readWords, wrongUsage } from '../words.ts'

export interface Job {
  /** `-` is the standard input. */
  input: string
  /** `-` is the standard output. */
  output: string
}

export interface CommandLine {
  jobs: readonly Job[]
  /** The folder to make if it is not there. */
  outputFolder: string | undefined
  json: boolean
}

export const HELP = `Makes a PDF of each received TIFF, lossless, and says what was found in it.

Usage: faxlane convert IN.tif [-o OUT.pdf] [--json]
       faxlane convert --out-dir DIR [--json] FILE.tif ...

  -o, --output FILE  the PDF (IN.pdf beside IN.tif); - is the standard output, and the report goes to standard error
  --out-dir DIR      a PDF for each file, in this folder, which is made if need be
  --json             the report as JSON, an object a line and file, refusals included
  --help             this text

- as IN.tif is the standard input; its PDF goes to the standard output unless -o says otherwise. A PDF that is there
already is replaced, in one step and only when the new one is whole. A file that can't be converted does not keep the
others from it.

Exit code: 0 every file has its PDF, 1 one or more have not, 2 wrong usage.
`

/** Throws {@link WrongUsage}. */
export function readCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = readWords('convert', words, {
    output: { type: 'string', short: 'o' },
    'out-dir': { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  const outputFolder = values['out-dir']
  if (positionals.length === 0) throw wrong('no TIFF is named')
  if (positionals.includes('') || values.output === '' || outputFolder === '') throw wrong('a name is empty')
  const jobs = outputFolder === undefined ? one(positionals, values.output) : many(positionals, outputFolder)
  if (outputFolder !== undefined && values.output !== undefined)
    throw wrong('--output names one PDF, --out-dir a folder for many: one of them')
  return { jobs, outputFolder, json: values.json }
}

function one([input = '', second]: readonly string[], output: string | undefined): Job[] {
  if (second !== undefined)
    throw wrong(`${visible(second)} is a second TIFF; more than one go with --out-dir DIR`)
  return [{ input, output: output ?? (input === '-' ? '-' : join(dirname(input), pdfName(input))) }]
}

function many(inputs: readonly string[], outputFolder: string): Job[] {
  const inputOf = new Map<string, string>()
  for (const input of inputs) {
    if (input === '-') throw wrong('the standard input has no name for a PDF in --out-dir')
    const name = pdfName(input)
    const other = inputOf.get(name)
    if (other !== undefined)
      throw wrong(`${visible(other)} and ${visible(input)} would both become ${visible(name)}`)
    inputOf.set(name, input)
  }
  return [...inputOf].map(([name, input]) => ({ input, output: join(outputFolder, name) }))
}

function pdfName(input: string): string {
  const name = basename(input)
  return /^\.tiff?$/i.test(extname(name)) ? `${basename(name, extname(name))}.pdf` : `${name}.pdf`
}

const wrong = (what: string) => wrongUsage('convert', what)
