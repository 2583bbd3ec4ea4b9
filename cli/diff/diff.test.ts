import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { plain } from '../terminal/screen.ts'
import { faxlane } from '../testing.ts'
import { describe as inWords } from './describe.ts'
import { diffTables, isEmpty } from './table-diff.ts'

const log = (name: string, text = 'x') => ({ kind: 'log' as const, name, message: [text] })
const mail = (name: string) => ({
  kind: 'mail' as const,
  name,
  subject: ['Fax'],
  body: ['Fax'],
  from: { address: 'fax@example.org', name: 'Fax' },
  format: 'pdf' as const,
})
const route = (backends: string[], recipients: string[] = []) => ({ backends, recipients })
const table = (parts: Partial<DeployedTable>): DeployedTable => ({
  version: 1,
  timeZone: 'UTC',
  sites: ['main'],
  backends: [log('log'), log('log_2'), mail('mail')],
  numbers: {},
  ...parts,
})

describe('the difference of two tables', () => {
  it.each([
    [
      'a number that gains and loses backends',
      table({ numbers: { 1: route(['log']) } }),
      table({ numbers: { 1: route(['log_2']) } }),
      { number: '1', before: 'own', after: 'own', lostBackends: ['log'], gainedBackends: ['log_2'] },
    ],
    [
      'recipients',
      table({ numbers: { 1: route(['mail'], ['a@b', 'c@d']) } }),
      table({ numbers: { 1: route(['mail'], ['c@d', 'e@f']) } }),
      { number: '1', lostRecipients: ['a@b'], gainedRecipients: ['e@f'], lostBackends: [] },
    ],
    [
      'a number that loses its section',
      table({ numbers: { 1: route(['log']) }, fallback: route(['log_2']) }),
      table({ fallback: route(['log_2']) }),
      { number: '1', before: 'own', after: 'default', lostBackends: ['log'], gainedBackends: ['log_2'] },
    ],
    [
      'a number that is served no more',
      table({ numbers: { 1: route(['log']) } }),
      table({ numbers: { 2: route(['log']) } }),
      { number: '1', before: 'own', after: 'unrouted', lostBackends: ['log'] },
    ],
    [
      'the default',
      table({ fallback: route(['log']) }),
      table({ numbers: { 1: route(['log']) } }),
      { number: 'default', before: 'default', after: 'unrouted', lostBackends: ['log'] },
    ],
    [
      'a backend that is configured otherwise',
      table({ numbers: { 1: route(['log']) } }),
      table({ numbers: { 1: route(['log']) }, backends: [log('log', 'y'), log('log_2'), mail('mail')] }),
      { number: '1', changedBackends: ['log'], lostBackends: [], gainedBackends: [] },
    ],
  ])('%s', (_, before, after, change) => {
    expect(diffTables(before, after).numbers[0]).toMatchObject(change)
  })

  it.each([
    [
      'the order of backends',
      table({ numbers: { 1: route(['log', 'log_2']) } }),
      table({ numbers: { 1: route(['log_2', 'log']) } }),
    ],
    [
      'a section that says what the default says',
      table({ numbers: { 1: route(['log']) }, fallback: route(['log']) }),
      table({ fallback: route(['log']) }),
    ],
    [
      'a recipient where no mail goes',
      table({ numbers: { 1: route(['log'], ['a@b']) } }),
      table({ numbers: { 1: route(['log']) } }),
    ],
  ])('%s makes none', (_, before, after) => {
    expect(isEmpty(diffTables(before, after))).toBe(true)
  })

  it('names backends that come, go and change, with what changes, and settings of the whole', () => {
    const { backends, general } = diffTables(
      table({ timeZone: 'UTC' }),
      table({ timeZone: 'Europe/Paris', backends: [log('log', '100 % y'), mail('mail'), log('log_3')] }),
    )
    expect(backends).toEqual([
      { name: 'log', change: 'changed', settings: [{ setting: 'message', before: 'x', after: '100 % y' }] },
      { name: 'log_2', change: 'removed', settings: [] },
      { name: 'log_3', change: 'added', settings: [] },
    ])
    expect(general).toEqual([{ setting: 'timeZone', before: 'UTC', after: 'Europe/Paris' }])
  })

  it('is what routing says, for any two tables and any number', () => {
    const names = fc.subarray(['log', 'log_2', 'mail'])
    const routes = names.map((backends) => route(backends, ['a@b']))
    const anyTable = fc
      .record({
        numbers: fc.dictionary(fc.constantFrom('1', '2', '3'), routes),
        fallback: fc.option(routes, { nil: undefined }),
      })
      .map(({ numbers, fallback }) => table({ numbers, ...(fallback === undefined ? {} : { fallback }) }))
    fc.assert(
      fc.property(anyTable, anyTable, (before, after) => {
        const { numbers } = diffTables(before, after)
        const backendsFor = (one: DeployedTable, number: string) =>
          makeRouter(one)
            .routeFor(number)
            ?.map(({ backend }) => backend.name)
        for (const number of ['1', '2', '3', '4']) {
          const change =
            numbers.find((one) => one.number === number) ??
            (Object.hasOwn(before.numbers, number) || Object.hasOwn(after.numbers, number)
              ? undefined
              : numbers.find((one) => one.number === 'default'))
          const expected = new Set(backendsFor(before, number))
          for (const name of change?.lostBackends ?? []) expect(expected.delete(name)).toBe(true)
          for (const name of change?.gainedBackends ?? []) expected.add(name)
          expect(expected).toEqual(new Set(backendsFor(after, number)))
        }
        expect(isEmpty(diffTables(before, before))).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

describe('in words', () => {
  it('ten thousand numbers that change alike are a few lines', () => {
    const numbers = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`${5_550_000 + index}`, route(['log'])]),
    )
    const text = inWords(
      { columns: 80, paint: plain },
      diffTables(table({ numbers }), table({ fallback: route(['log_2']) })),
    )
    expect(text.split('\n').length).toBeLessThan(15)
    expect(text).toContain('and 9990 more')
    expect(text).toContain('its own section → [dstnum_default]')
    expect(text).toContain('10001 numbers and 0 backends change.')
  })

  it('a text of many lines is not printed whole', () => {
    const after = table({ backends: [log('log', 'a\nb'), log('log_2'), mail('mail')] })
    expect(inWords({ columns: 80, paint: plain }, diffTables(table({}), after))).toContain('message: changed')
  })
})

describe('faxlane diff', () => {
  it('compares two files, and tells by its exit code when asked', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faxlane-diff-'))
    await writeFile(join(folder, 'old.conf'), '[log]\nmsg = x\n[dstnum_1]\ndest = log\n')
    await writeFile(join(folder, 'new.conf'), '[log]\nmsg = x\n[dstnum_2]\ndest = log\n')
    const words = ['diff', 'new.conf', '--against', 'old.conf']
    const inText = await faxlane(words, folder)
    expect(inText.exitCode).toBe(0)
    expect(inText.stdout.toString()).toContain('its own section → nothing: unrouted')
    const inJson = await faxlane([...words, '--json', '--exit-code'], folder)
    expect(inJson.exitCode).toBe(1)
    expect(JSON.parse(inJson.stdout.toString()).numbers).toHaveLength(2)
    const same = await faxlane(['diff', 'old.conf', '--against', 'old.conf', '--exit-code'], folder)
    expect([same.exitCode, same.stdout.toString()]).toEqual([
      0,
      'Nothing changes: every number is served as before.\n',
    ])
  })
})
