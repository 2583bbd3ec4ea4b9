import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ListRequest, pageOf } from './list-objects.ts'

const keys = ['a', 'incoming/b', 'pdf/main/1.pdf', 'pdf/main/2.pdf', 'pdf/other/3.pdf', 'print/x', 'ü']
const list = (request: Partial<ListRequest>) =>
  pageOf(keys, { prefix: '', delimiter: '', after: '', maxKeys: 1000, ...request })

describe('one page', () => {
  test.each<[string, Partial<ListRequest>, ReturnType<typeof pageOf>]>([
    ['everything', {}, { keys, commonPrefixes: [] }],
    ['a prefix', { prefix: 'pdf/main/' }, { keys: ['pdf/main/1.pdf', 'pdf/main/2.pdf'], commonPrefixes: [] }],
    ['folders', { delimiter: '/' }, { keys: ['a', 'ü'], commonPrefixes: ['incoming/', 'pdf/', 'print/'] }],
    [
      'folders in a folder',
      { prefix: 'pdf/', delimiter: '/' },
      { keys: [], commonPrefixes: ['pdf/main/', 'pdf/other/'] },
    ],
    ['a first page', { maxKeys: 2 }, { keys: ['a', 'incoming/b'], commonPrefixes: [], next: 'incoming/b' }],
    ['a page after a folder', { delimiter: '/', after: 'pdf/' }, { keys: ['ü'], commonPrefixes: ['print/'] }],
    [
      'a page that ends with the last key',
      { after: 'pdf/other/3.pdf', maxKeys: 2 },
      { keys: ['print/x', 'ü'], commonPrefixes: [] },
    ],
    ['none', { maxKeys: 0 }, { keys: [], commonPrefixes: [] }],
  ])('%s', (_, request, expected) => {
    expect(list(request)).toEqual(expected)
  })
})

test('pages of any size together hold each key or its common prefix once, in order', () => {
  const segment = fc.constantFrom('a', 'b', 'ä', '/', '//', '!', '\u{1f4e0}')
  const key = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join(''))
  const request = fc.record({
    prefix: fc.constantFrom('', 'a', '/', 'b/'),
    delimiter: fc.constantFrom('', '/', 'ä'),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(key),
      request,
      fc.integer({ min: 1, max: 4 }),
      (unsorted, { prefix, delimiter }, maxKeys) => {
        const sorted = unsorted.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        const whole = pageOf(sorted, { prefix, delimiter, after: '', maxKeys: 1000 })
        const gathered: typeof whole = { keys: [], commonPrefixes: [] }
        let after: string | undefined = ''
        while (after !== undefined) {
          const page: ReturnType<typeof pageOf> = pageOf(sorted, { prefix, delimiter, after, maxKeys })
          expect(page.keys.length + page.commonPrefixes.length).toBeLessThanOrEqual(maxKeys)
          gathered.keys.push(...page.keys)
          gathered.commonPrefixes.push(...page.commonPrefixes)
          after = page.next
        }
        expect(gathered).toEqual(whole)
        const covered = sorted.filter(
          (each) =>
            whole.keys.includes(each) || whole.commonPrefixes.some((common) => each.startsWith(common)),
        )
        expect(covered).toEqual(sorted.filter((each) => each.startsWith(prefix)))
      },
    ),
    { numRuns: 1000 },
  )
})
