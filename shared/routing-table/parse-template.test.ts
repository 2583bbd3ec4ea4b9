import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTemplate } from './parse-template.ts'
import { type Template, templateSchema, VARIABLES, type Variable } from './template.ts'

function print(template: Template): string {
  return template
    .map((part) => (typeof part === 'string' ? part.replaceAll('%', '%%') : `%(${part.variable})s`))
    .join('')
}

test.each<[string, Template]>([
  ['', []],
  ['Fax', ['Fax']],
  ['FAX reception to %(dstnum)s', ['FAX reception to ', { variable: 'dstnum' }]],
  ['%(srcnum)s%(pages)s', [{ variable: 'srcnum' }, { variable: 'pages' }]],
  ['100%% of %(pages)s', ['100% of ', { variable: 'pages' }]],
  ['%%(dstnum)s', ['%(dstnum)s']],
  ['%%%(dstnum)s', ['%', { variable: 'dstnum' }]],
  ['Réception\nde %(srcname)s', ['Réception\nde ', { variable: 'srcname' }]],
])('%j is read', (text, template) => {
  expect(parseTemplate(text)).toEqual({ template })
})

describe('mistakes', () => {
  test.each([
    ['100 %', 4, '%', 'Write %% for a percent sign.'],
    ['5 % of', 2, '% ', 'Write %% for a percent sign.'],
    ['%s', 0, '%s', 'Write %% for a percent sign.'],
    ['%%%', 2, '%', 'Write %% for a percent sign.'],
    ['to %(foo)s', 3, '%(foo)s', 'The variables are dstnum, srcnum'],
    ['to %(dstnun)s', 3, '%(dstnun)s', 'Did you mean %(dstnum)s?'],
    ['to %(DSTNUM)s', 3, '%(DSTNUM)s', 'Did you mean %(dstnum)s?'],
    ['to %(dstnum)', 3, '%(dstnum)', 'Write %(dstnum)s for'],
    ['to %(pages)d', 3, '%(pages)d', 'Write %(pages)s for'],
    ['to %(dstnum', 3, '%(dstnum', 'Write %(dstnum)s for'],
    ['to %()s', 3, '%()s', 'The variables are dstnum, srcnum'],
    ['to %(constructor)s', 3, '%(constructor)s', 'The variables are dstnum, srcnum'],
    ['to %(__proto__)s', 3, '%(__proto__)s', 'The variables are dstnum, srcnum'],
  ])('%j', (text, offset, found, fix) => {
    const parsed = parseTemplate(text)
    expect(parsed).toMatchObject({ problems: [{ offset, found }] })
    expect('problems' in parsed && parsed.problems[0]?.fix).toContain(fix)
  })

  test('all of them at once', () => {
    expect(parseTemplate('%(a)s %(dstnum)s % %(b)s')).toMatchObject({
      problems: [{ offset: 0 }, { offset: 17 }, { offset: 19 }],
    })
  })
})

const literal = fc.string({ unit: 'grapheme', minLength: 1 })
const variable = fc
  .constantFrom(...(Object.keys(VARIABLES) as Variable[]))
  .map((name) => ({ variable: name }))
/** As the parser gives them: no two literals beside each other. */
const template: fc.Arbitrary<Template> = fc
  .array(fc.oneof(literal, variable))
  .filter((parts) =>
    parts.every((part, index) => typeof part !== 'string' || typeof parts[index + 1] !== 'string'),
  )

test('a template that was written is read again', () => {
  fc.assert(
    fc.property(template, (parts) => {
      expect(parseTemplate(print(parts))).toEqual({ template: parts })
    }),
  )
})

test('any text is a template of the schema, or problems inside the text', () => {
  const text = fc.string({
    unit: fc.constantFrom('%', '(', ')', 's', 'dstnum', 'x', '\n', '%%', '%(pages)s'),
  })
  fc.assert(
    fc.property(text, (written) => {
      const parsed = parseTemplate(written)
      if ('template' in parsed) {
        expect(templateSchema.parse(parsed.template)).toEqual(parsed.template)
        expect(print(parsed.template)).toBe(written)
      } else {
        for (const { offset, found } of parsed.problems) expect(written.startsWith(found, offset)).toBe(true)
      }
    }),
  )
})
