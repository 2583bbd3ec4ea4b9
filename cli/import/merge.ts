import { isPassword } from './backends.ts'
import { type ConfSection, commentOut, removeLine } from './conf-lines.ts'
import { remark, type Work } from './work.ts'

/** Python 2 read sections of one name as one; from Python 3 on the daemon did not start. They become one. */
export function mergeSections(work: Work): void {
  const first = new Map<string, ConfSection>()
  work.sections = work.sections.filter((section) => {
    const earlier = first.get(section.name)
    if (earlier === undefined || section.header === undefined) {
      first.set(section.name, section)
      return true
    }
    earlier.lines.push(...section.lines)
    const text = `[${section.name}] stands here a second time: XiVO merged the two in silence (Python 3 would not start). Now one section, at line ${earlier.header?.number}.`
    remark(work, 'broken', text, { section })
    return false
  })
}

/** The last one counted. Earlier ones stay as comments, but for passwords. */
export function keepLastOfEach(work: Work): void {
  for (const section of work.sections) {
    for (const [index, line] of [...section.lines].entries()) {
      const { option, number } = line
      if (option === undefined) continue
      const later = section.lines.slice(section.lines.indexOf(line) + 1)
      if (!later.some((other) => other.option?.name === option.name)) continue
      if (isPassword(option.name)) removeLine(section, line)
      else commentOut(line)
      const text = `${option.name} stands in [${section.name}] more than once: only the last counted, and only it is kept.`
      remark(work, 'broken', text, { section, line: number ?? index })
    }
  }
}
