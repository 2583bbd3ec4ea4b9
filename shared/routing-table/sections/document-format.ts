import type { Format } from '../../file-name.ts'
import { type Check, oneOf, type Reading, wrong } from '../checks.ts'
import type { SectionReader } from '../section-reader.ts'

export const formatName = oneOf<Format>(['pdf', 'tiff'])

/** `format`, or XiVO's name for the same, `convert_to_pdf`. PDF where neither stands. */
export function readFormat(options: SectionReader<'format' | 'convert_to_pdf'>, reading: Reading): Format {
  const format = options.value('format', formatName)
  const converted = options.value('convert_to_pdf', zeroOrOne)
  const [line] = options.all('convert_to_pdf')
  if (format !== undefined && converted !== undefined && format !== converted && line !== undefined) {
    reading.finding({
      line: line.line,
      found: `convert_to_pdf = ${converted === 'pdf' ? 1 : 0}`,
      problem: `format = ${format} says the opposite.`,
      fix: 'Remove one of the two.',
    })
  }
  return format ?? converted ?? 'pdf'
}

const zeroOrOne: Check<Format> = (text) => {
  if (text === '1') return { value: 'pdf' }
  if (text === '0') return { value: 'tiff' }
  return wrong('This is 1 or 0.', 'Write 1 for PDF, 0 for the TIFF as it was received.')
}
