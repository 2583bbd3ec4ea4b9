import type { Reading } from '../../checks.ts'
import type { Section } from '../../ini.ts'
import { pbxName } from './checks.ts'

/** What stands behind the kind in a section's header. undefined: reported. */
export function nameOfSection(
  section: Section,
  { prefix, example }: { prefix: string; example: string },
  reading: Reading,
): string | undefined {
  const checked = pbxName(section.name.slice(prefix.length))
  if ('value' in checked) return checked.value
  reading.finding({
    line: section.line,
    found: `[${section.name}]`,
    problem: 'The name in this header is letters, digits, dots, hyphens and underscores, at most 64.',
    fix: `Write one such as [${example}].`,
  })
  return undefined
}
