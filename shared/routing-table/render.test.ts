import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeFaxId } from '../fax-id.ts'
import type { RoutedFax } from '../messages.ts'
import { parseTemplate } from './parse-template.ts'
import { render } from './render.ts'
import type { Template } from './template.ts'

const receivedAt = '2026-03-29T00:30:00.000Z'
const id = makeFaxId(new Date(receivedAt), 'a fax')
const fax: RoutedFax = {
  id,
  site: 'paris',
  facts: {
    source: '0112345678',
    sourceName: 'Dr. %(pages)s',
    destination: '100',
    stationId: '+33 1',
    receivedAt,
  },
  pages: 3,
  tiffKey: 'incoming/paris/x.tif',
  pdfKey: 'pdf/paris/x.pdf',
}

function parsed(text: string): Template {
  const result = parseTemplate(text)
  if ('problems' in result) throw new Error(`not a template: ${text}`)
  return result.template
}

test.each([
  ['%(dstnum)s', '100'],
  ['%(srcnum)s', '0112345678'],
  ['%(stationid)s', '+33 1'],
  ['%(pages)s', '3'],
  ['%(site)s', 'paris'],
  ['%(faxid)s', id],
  ['%(filename)s', `100-0112345678-1774744200-${id.slice(-6)}`],
  ['100%% of %(pages)s', '100% of 3'],
  ['', ''],
])('%s', (text, rendered) => {
  expect(render(parsed(text), fax, { timeZone: 'UTC' })).toBe(rendered)
})

test.each([
  ['UTC', '2026-03-29 00:30:00'],
  ['Europe/Paris', '2026-03-29 01:30:00'],
  ['America/Toronto', '2026-03-28 20:30:00'],
])('date and time are on the wall clock of %s', (timeZone, rendered) => {
  expect(render(parsed('%(date)s %(time)s'), fax, { timeZone })).toBe(rendered)
})

test('the hour that summer time skips is skipped', () => {
  const later = { ...fax, facts: { ...fax.facts, receivedAt: '2026-03-29T01:00:00.000Z' } }
  expect(render(parsed('%(time)s'), later, { timeZone: 'Europe/Paris' })).toBe('03:00:00')
})

test('what is not known is named so', () => {
  const bare = { ...fax, facts: { receivedAt } }
  expect(render(parsed('%(dstnum)s %(srcnum)s %(srcname)s %(stationid)s'), bare, { timeZone: 'UTC' })).toBe(
    'unknown unknown unknown unknown',
  )
})

test('a variable in a value of the fax stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const called = { ...fax, facts: { ...fax.facts, sourceName: name } }
      expect(render(parsed('<%(srcname)s>'), called, { timeZone: 'UTC' })).toBe(`<${name}>`)
    }),
  )
  expect(render(parsed('%(srcname)s'), fax, { timeZone: 'UTC' })).toBe('Dr. %(pages)s')
})
