import { type Reading, template } from '../checks.ts'
import type { BackendOf } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { openSection } from '../section-reader.ts'
import { LOG_OPTIONS, ownerOf } from './option-names.ts'
import { fallbackName } from './retrying.ts'

export function readLog(section: Section, reading: Reading): BackendOf<'log'> | undefined {
  const options = openSection({ section, names: LOG_OPTIONS, elsewhere: ownerOf }, reading)
  const [file] = options.all('file')
  if (file !== undefined) {
    const problem = 'file is not used: each log backend writes into a log group of its own.'
    reading.note({ line: file.line, found: 'file', problem, fix: 'It may stay or go.' })
  }
  const message = options.mandatory('msg', template, 'msg = fax to %(dstnum)s from %(srcnum)s')
  const fallback = options.value('fallback', fallbackName)
  if (message === undefined) return undefined
  return { kind: 'log', name: section.name, ...(fallback === undefined ? {} : { fallback }), message }
}
