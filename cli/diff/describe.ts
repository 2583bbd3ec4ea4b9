import { DEFAULT_NUMBER } from '../../shared/routing-table/sections/number.ts'
import { visible } from '../../shared/visible.ts'
import type { Screen } from '../terminal/screen.ts'
import { textWidth } from '../terminal/text-width.ts'
import { wrap } from '../terminal/wrap.ts'
import {
  type BackendChange,
  isEmpty,
  type NumberChange,
  type SettingChange,
  type TableDiff,
} from './table-diff.ts'

type Look = Pick<Screen, 'columns' | 'paint'>

const MOST_NUMBERS = 10
const MOST_CHARACTERS = 120

export function describe(screen: Look, diff: TableDiff): string {
  if (isEmpty(diff)) return 'Nothing changes: every number is served as before.\n'
  const { paint } = screen
  const sections = [
    { title: 'numbers', lines: alike(diff.numbers).flatMap((group) => numberLines(screen, group)) },
    { title: 'backends', lines: diff.backends.flatMap((change) => backendLines(screen, change)) },
    { title: 'general', lines: diff.general.flatMap((change) => settingLines(screen, change, '  ')) },
  ]
  return [
    ...sections
      .filter(({ lines }) => lines.length > 0)
      .flatMap(({ title, lines }) => [paint('bold', title), ...lines, '']),
    `${count(diff.numbers.length, 'number')} and ${count(diff.backends.length, 'backend')} change.`,
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** Numbers that change in the same way, together: a backend that is gone may concern thousands. */
function alike(changes: readonly NumberChange[]): NumberChange[][] {
  const groups = new Map<string, NumberChange[]>()
  for (const change of changes) {
    const { number: _, ...how } = change
    const key = JSON.stringify(how)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [change])
    else group.push(change)
  }
  return [...groups.values()]
}

function numberLines({ columns, paint }: Look, group: readonly NumberChange[]): string[] {
  const [change] = group
  if (change === undefined) return []
  const names = group.map(({ number }) => (number === DEFAULT_NUMBER ? 'all other numbers' : number))
  const shown = names.slice(0, MOST_NUMBERS).join(', ')
  const more = names.length > MOST_NUMBERS ? ` and ${names.length - MOST_NUMBERS} more` : ''
  const { lostBackends, gainedBackends, changedBackends, lostRecipients, gainedRecipients } = change
  const backends = [
    ...lostBackends.map((name) => paint('red', `- ${name}`)),
    ...gainedBackends.map((name) => paint('green', `+ ${name}`)),
    ...changedBackends.map((name) => paint('yellow', `~ ${name}`)),
  ]
  const recipients = [
    ...lostRecipients.map((address) => paint('red', `- ${visible(address)}`)),
    ...gainedRecipients.map((address) => paint('green', `+ ${visible(address)}`)),
  ]
  return [
    ...wrap(`${shown}${more}`, columns - 2).map((line) => `  ${line}`),
    ...ruleLines(change, paint),
    ...listed('backends', backends),
    ...listed('recipients', recipients),
  ]
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `    ${(index === 0 ? title : '').padEnd(10)}  ${line}`)
}

const RULES = { own: 'its own section', default: '[dstnum_default]', unrouted: 'nothing: unrouted' } as const

function ruleLines({ before, after }: NumberChange, paint: Look['paint']): string[] {
  if (before === after) return []
  const [from, to] = [RULES[before], RULES[after]]
  return [`    served by   ${from} → ${after === 'unrouted' ? paint('red', to) : to}`]
}

const MARKS = {
  added: ['green', '+'],
  removed: ['red', '-'],
  changed: ['yellow', '~'],
} as const

function backendLines(screen: Look, { name, change, settings }: BackendChange): string[] {
  const [colour, mark] = MARKS[change]
  return [
    `  ${screen.paint(colour, `${mark} ${name}`)}`,
    ...settings.flatMap((setting) => settingLines(screen, setting, '      ')),
  ]
}

function settingLines(
  { columns, paint }: Look,
  { setting, before, after }: SettingChange,
  indent: string,
): string[] {
  const name = `${indent}${visible(setting)}:`
  // A text of many lines is for a real diff of the two files.
  if ([before, after].some((text) => text?.includes('\n') || (text?.length ?? 0) > MOST_CHARACTERS)) {
    return [`${name} ${before === undefined ? 'set' : after === undefined ? 'not set any more' : 'changed'}`]
  }
  const shown = (text: string | undefined) => (text === undefined ? '(not set)' : visible(text))
  const [one, other] = [shown(before), shown(after)]
  if (textWidth(`${name} ${one} → ${other}`) <= columns) {
    return [`${name} ${paint('red', one)} → ${paint('green', other)}`]
  }
  const part = (colour: 'red' | 'green', mark: string, text: string) =>
    wrap(`${mark} ${text}`, columns - indent.length - 2).map((line) => `${indent}  ${paint(colour, line)}`)
  return [name, ...part('red', '-', one), ...part('green', '+', other)]
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`
}
