import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Backend, type DeployedTable, deployedTableSchema } from './deployed-table.ts'
import { makeRouter } from './route.ts'

const mail: Backend = {
  kind: 'mail',
  name: 'mail',
  subject: [],
  body: [],
  from: { address: 'a@b.org', name: 'Fax' },
  format: 'pdf',
}
const log: Backend = { kind: 'log', name: 'log', message: [] }
const table: DeployedTable = {
  version: 1,
  timeZone: 'Europe/Paris',
  sites: ['main'],
  backends: [mail, log],
  numbers: {
    '100': { backends: ['log', 'mail'], recipients: ['sales@example.org'] },
    '0100': { backends: ['log'], recipients: [] },
  },
  fallback: { backends: ['mail'], recipients: ['office@example.org'] },
}
const { fallback: _, ...withoutDefault } = table

test('a number has its own backends in their order, and its recipients for mail alone', () => {
  expect(makeRouter(table).routeFor('100')).toEqual([
    { backend: log, recipients: [] },
    { backend: mail, recipients: ['sales@example.org'] },
  ])
})

test('a section of its own replaces the default', () => {
  expect(makeRouter(table).routeFor('0100')).toEqual([{ backend: log, recipients: [] }])
})

describe('any other number', () => {
  const others = [
    '101',
    '00100',
    '+100',
    ' 100',
    '100 ',
    '',
    'default',
    '__proto__',
    'constructor',
    'toString',
  ]
  test.each(others)('%j goes to the default', (number) => {
    expect(makeRouter(table).routeFor(number)).toEqual([
      { backend: mail, recipients: ['office@example.org'] },
    ])
  })

  test.each(others)('%j is unrouted without a default', (number) => {
    expect(makeRouter(withoutDefault).routeFor(number)).toBeUndefined()
  })

  test('whatever a PBX says', () => {
    const { routeFor } = makeRouter(withoutDefault)
    const number = fc.string().filter((text) => !Object.hasOwn(table.numbers, text))
    fc.assert(
      fc.property(number, (text) => {
        expect(routeFor(text)).toBeUndefined()
      }),
    )
  })
})

test('a fax without a destination number is unrouted, default or not', () => {
  expect(makeRouter(table).routeFor(undefined)).toBeUndefined()
})

test('numbers that JSON puts into a table as own properties are numbers like any other', () => {
  const numbers = JSON.parse('{"constructor":{"backends":["log"],"recipients":[]}}')
  const { routeFor } = makeRouter(deployedTableSchema.parse({ ...withoutDefault, numbers }))
  expect(routeFor('constructor')).toEqual([{ backend: log, recipients: [] }])
  expect(routeFor('toString')).toBeUndefined()
})

test('the time zone is at hand', () => {
  expect(makeRouter(table).timeZone).toBe('Europe/Paris')
})

test('a route to a backend that is not in the table stops the start', () => {
  expect(() => makeRouter({ ...table, backends: [mail] })).toThrow('has no backend log')
})
