import { ConversionRefused, convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { FileProblem } from '../file-problem.ts'
import { identityOf, makeFolder, readInput, writeOutput } from '../files.ts'
import { EXIT_CODES, type Subcommand, WrongUsage } from '../subcommand.ts'
import { HELP, type Job, readCommandLine } from './command-line.ts'
import { describe, type FileReport } from './report.ts'

export const convert: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { jobs, outputFolder, json } = readCommandLine(words)
  await refuseToOverwriteInputs(jobs)
  const problem = outputFolder === undefined ? undefined : await make(outputFolder)
  const toStandardOutput = jobs.some(({ output }) => output === '-')
  let converted = 0
  for (const job of jobs) {
    const report = problem === undefined ? await convertFile(job) : failed(job, problem)
    const isConverted = 'pages' in report
    if (isConverted) converted++
    const stream = toStandardOutput || (!json && !isConverted) ? process.stderr : process.stdout
    stream.write(json ? `${visibleJson(report)}\n` : describe(report))
  }
  if (jobs.length > 1 && !json) process.stdout.write(`${converted} of ${jobs.length} files converted\n`)
  return converted === jobs.length ? EXIT_CODES.done : EXIT_CODES.someFailed
}

async function refuseToOverwriteInputs(jobs: readonly Job[]): Promise<void> {
  const inputs = new Map<string, string>()
  for (const { input } of jobs) {
    const identity = await identityOf(input)
    if (identity !== undefined) inputs.set(identity, input)
  }
  for (const { output } of jobs) {
    const input = inputs.get((await identityOf(output)) ?? '')
    if (input !== undefined)
      throw new WrongUsage(
        `the PDF ${visible(output)} would overwrite ${visible(input)}. Name another with -o.`,
      )
  }
}

/** The problem, if the folder can't be had. */
async function make(folder: string): Promise<FileProblem | undefined> {
  try {
    await makeFolder(folder)
    return undefined
  } catch (error) {
    if (error instanceof FileProblem) return error
    throw error
  }
}

async function convertFile(job: Job): Promise<FileReport> {
  const { input: file, output } = job
  let started = performance.now()
  const elapsed = (): number => Math.round((performance.now() - started) * 1000) / 1000
  try {
    const tiff = await readInput(file)
    started = performance.now()
    const { pdf, pages, warnings } = convertTiffToPdf(tiff, {})
    const milliseconds = elapsed()
    await writeOutput(output, pdf)
    return { file, output, pages, warnings, inputBytes: tiff.length, outputBytes: pdf.length, milliseconds }
  } catch (error) {
    if (error instanceof ConversionRefused) return refused(job, error, elapsed())
    if (error instanceof FileProblem) return failed(job, error)
    throw error
  }
}

function refused(
  { input }: Job,
  { message, byteOffset }: ConversionRefused,
  milliseconds: number,
): FileReport {
  return {
    file: input,
    refused: { reason: message, ...(byteOffset !== undefined && { byteOffset }) },
    milliseconds,
  }
}

function failed({ input }: Job, { message, code }: FileProblem): FileReport {
  return { file: input, failed: { reason: message, ...(code !== undefined && { code }) } }
}
