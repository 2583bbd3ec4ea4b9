import { DEFAULT_NUMBER, sectionOfNumber } from '../../shared/routing-table/sections/number.ts'
import { backendKind } from './backends.ts'
import { type ConfSection, insertAfter, newOption, optionLine } from './conf-lines.ts'
import { destOf, numberOf, numberSections } from './numbers.ts'
import { remark, type Work } from './work.ts'

/** The recipients that stood at the incoming calls go to the numbers' sections; a call without a section gets one, made after the default. */
export function giveRecipients(work: Work, recipients: ReadonlyMap<string, readonly string[]>): void {
  const sections = numberSections(work)
  const sendsMail = mailTest(work)
  for (const section of sections) {
    const addresses = recipients.get(numberOf(section))
    const dest = optionLine(section, 'dest')
    if (addresses === undefined || dest === undefined || optionLine(section, 'email') !== undefined) continue
    if (sendsMail(section)) insertAfter(section, dest, newOption('email', addresses.join(', ')))
    else
      remark(
        work,
        'know',
        `${addresses.join(', ')} gets no mail: dest names no mail backend, in XiVO as well.`,
        { section },
      )
  }
  giveOtherNumbers(work, sections, recipients)
}

/** Incoming calls without a section of their own. */
function giveOtherNumbers(
  work: Work,
  sections: readonly ConfSection[],
  recipients: ReadonlyMap<string, readonly string[]>,
): void {
  const own = new Set(sections.map(numberOf))
  const listed = [...recipients].filter(([number]) => number !== DEFAULT_NUMBER && !own.has(number))
  // A spreadsheet takes 0112697845 for an amount.
  const cut = listed.filter(([number]) => own.has(`0${number}`) && !recipients.has(`0${number}`))
  for (const [number] of cut) {
    remark(
      work,
      'know',
      `${number} in the recipients' file has no section, 0${number} has one: did the list lose its zero? It is not used.`,
    )
  }
  const others = listed.filter((one) => !cut.includes(one))
  const fallback = sections.find((section) => numberOf(section) === DEFAULT_NUMBER)
  if (others.length === 0) return
  if (fallback !== undefined && mailTest(work)(fallback)) addNumbers(work, others, destOf(fallback))
  else
    remarkWithoutDefault(
      work,
      others.map(([number]) => number),
      fallback !== undefined,
    )
}

function mailTest({ sections }: Work): (number: ConfSection) => boolean {
  const mail = new Set(sections.filter((section) => backendKind(section) === 'mail').map(({ name }) => name))
  return (number) => destOf(number).some((name) => mail.has(name))
}

function addNumbers(
  work: Work,
  numbers: readonly (readonly [string, readonly string[]])[],
  dest: readonly string[],
): void {
  const added = numbers.map(
    ([number, addresses]): ConfSection => ({
      header: { text: `[${sectionOfNumber(number)}]` },
      name: sectionOfNumber(number),
      lines: [newOption('dest', dest.join(', ')), newOption('email', addresses.join(', ')), { text: '' }],
    }),
  )
  const comment =
    '; The incoming calls that XiVO served by dstnum_default, each with the recipient that it had there.'
  work.sections.push({ name: '', lines: [{ text: '' }, { text: comment }, { text: '' }] }, ...added)
  remark(
    work,
    'changed',
    `${added.length} numbers of the recipients' file had no section and went by [dstnum_default], with a recipient of their own: each has a section now.`,
  )
}

function remarkWithoutDefault(work: Work, numbers: readonly string[], hasDefault: boolean): void {
  const shown = numbers.slice(0, 5).join(', ') + (numbers.length > 5 ? ', …' : '')
  const text = hasDefault
    ? `${numbers.length} numbers of the recipients' file (${shown}) have no section, and [dstnum_default] names no mail backend: their recipients got no mail in XiVO, and get none here.`
    : `${numbers.length} numbers of the recipients' file (${shown}) have no section, and there is no [dstnum_default]: XiVO lost their faxes. Here they end unrouted, with an alarm.`
  remark(work, hasDefault ? 'know' : 'broken', text)
}
