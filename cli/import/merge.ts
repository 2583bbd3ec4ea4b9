import { isPassword } from './backends.ts'
import { type ConfSection, commentOut, removeLines } from './conf-lines.ts'
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
    const options = section.lines.flatMap((line) =>
      line.option === undefined ? [] : [{ ...line.option, line }],
    )
    const last = new Map(options.map(({ name, line }) => [name, line]))
    const earlier = options.filter(({ name, line }) => last.get(name) !== line)
    for (const { name, line } of earlier) {
      if (!isPassword(name)) commentOut(line)
      const text = `${name} stands in [${section.name}] more than once: only the last counted, and only it is kept.`
      remark(work, 'broken', text, { section, line: line.number })
    }
    removeLines(
      section,
      earlier.filter(({ name }) => isPassword(name)).map(({ line }) => line),
    )
  }
}
