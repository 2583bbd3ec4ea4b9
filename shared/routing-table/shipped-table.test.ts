import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BACKEND_KINDS } from './deployed-table.ts'
import { formatFinding } from './finding.ts'
import { readTable } from './read-table.ts'
import { makeRouter } from './route.ts'
import { SECTION_KINDS, SECTION_OPTIONS } from './sections/option-names.ts'
import { VARIABLES } from './template.ts'

const folder = new URL('../../config/', import.meta.url)
const page = readFileSync(new URL('../../docs/routing-table.md', import.meta.url), 'utf8')

function blockThatStartsWith(start: string): string {
  const blocks = page.split('```\n')
  return blocks.find((block) => block.startsWith(start)) ?? ''
}

function readShipped() {
  return readTable({
    file: 'config/fax.conf',
    bytes: readFileSync(new URL('fax.conf', folder)),
    readFile: (path) => readFileSync(new URL(path, folder)),
  })
}

describe('the table that a newcomer starts from', () => {
  const { table, findings, notes } = readShipped()

  test('holds, with nothing to remark', () => {
    expect(findings).toEqual([])
    expect(notes).toEqual([])
  })

  test('shows every kind of backend for a number that it does not know', () => {
    if (table === undefined) throw new Error('the table was not read')
    const { routeFor } = makeRouter(table)
    const kinds = (number: string) => routeFor(number)?.map(({ backend }) => backend.kind)
    expect(kinds('5551234')).toEqual(BACKEND_KINDS)
    expect(kinds('100')).toEqual(['mail', 'printer'])
    expect(kinds('0112697845')).toEqual(['ftp', 'log'])
  })
})

describe('the example of the documentation', () => {
  const example = blockThatStartsWith('[general]')
  const message = blockThatStartsWith('config/fax.conf:')
  const read = (text: string) =>
    readTable({ file: 'config/fax.conf', bytes: Buffer.from(text), readFile: () => Buffer.from('A fax.') })

  test('holds, with nothing to remark', () => {
    expect(read(example)).toMatchObject({ table: { version: 1 }, findings: [], notes: [] })
  })

  test('with a mistake in it is answered as the page says', () => {
    const { findings } = read(example.replace('mail, ftp_archive', 'mail, ftp_archiv'))
    expect(`${findings.map(formatFinding).join('\n')}\n`).toBe(message)
  })
})

describe('the documentation names', () => {
  test.each(SECTION_KINDS.flatMap((kind) => SECTION_OPTIONS[kind].map((option) => [kind, option])))(
    '%s: %s',
    (kind, option) => {
      const section = page.split('\n### ').find((part) => part.startsWith(`\`[${kind}`))
      expect(section).toContain(`| \`${option}\` |`)
    },
  )

  test.each(Object.keys(VARIABLES))('the variable %s', (variable) => {
    expect(page).toContain(`| \`%(${variable})s\` |`)
  })
})
