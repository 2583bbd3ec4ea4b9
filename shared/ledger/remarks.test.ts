import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { LANGUAGES } from '../language.ts'
import { marked, remarksInWords } from './remark-words.ts'
import { findRemarks, markOf, type Remark, remarkSchema } from './remarks.ts'

const WHOLE = { damagedRows: 0 }
const WITH_DAMAGE = { damagedRows: 3 }

describe('what is missing of a fax', () => {
  test.each<[string, Parameters<typeof findRemarks>, Remark[]]>([
    [
      'nothing',
      [
        { pages: [WHOLE], unreadablePages: [] },
        { status: 'SUCCESS', pages: '1' },
      ],
      [],
    ],
    ['nothing that anybody knows of', [{ pages: [WHOLE], unreadablePages: [] }, {}], []],
    [
      'a page more than the PBX confirmed',
      [{ pages: [WHOLE, WHOLE], unreadablePages: [] }, { pages: '1' }],
      [],
    ],
    ['a count that is no number', [{ pages: [WHOLE], unreadablePages: [] }, { pages: '9e9' }], []],
    [
      'a call that broke off',
      [
        { pages: [WHOLE], unreadablePages: [] },
        { status: 'FAILED', pages: '1' },
      ],
      [{ remark: 'call-broke-off' }],
    ],
    [
      'a page in the middle',
      [{ pages: [WHOLE, WITH_DAMAGE], unreadablePages: [2] }, { pages: '3' }],
      [
        { remark: 'pages-unreadable', pages: [2], count: 1 },
        { remark: 'rows-damaged', rows: 3, pages: [3], count: 1 },
      ],
    ],
    [
      'pages that the PBX counted',
      [{ pages: [WHOLE], unreadablePages: [], breaksOffAfterPage: 1 }, { pages: '3' }],
      [{ remark: 'pages-missing', counted: 3, found: 1 }],
    ],
    [
      'the end of a file, of unknown length',
      [{ pages: [WHOLE], unreadablePages: [], breaksOffAfterPage: 1 }, {}],
      [{ remark: 'file-breaks-off', afterPage: 1 }],
    ],
  ])('%s', (_, given, remarks) => {
    expect(findRemarks(...given)).toEqual(remarks)
  })

  it('is bounded, and a remark that holds, for a fax of many damaged pages', () => {
    const remarks = findRemarks({ pages: Array(5000).fill(WITH_DAMAGE), unreadablePages: [7, 9] }, {})
    expect(JSON.stringify(remarks).length).toBeLessThan(500)
    for (const remark of remarks) expect(remarkSchema.parse(remark)).toEqual(remark)
    expect(remarks).toContainEqual(expect.objectContaining({ rows: 15_000, count: 5000 }))
  })
})

const all: Remark[] = [
  { remark: 'call-broke-off' },
  { remark: 'pages-missing', counted: 3, found: 1 },
  { remark: 'file-breaks-off', afterPage: 2 },
  { remark: 'pages-unreadable', pages: [2, 5], count: 9 },
  { remark: 'rows-damaged', rows: 1, pages: [1], count: 1 },
]

describe('its one word', () => {
  test.each<[readonly Remark[], ReturnType<typeof markOf>]>([
    [[], undefined],
    [all.slice(4), 'damaged'],
    [[...all.slice(0, 1), ...all.slice(4)], 'broken-off'],
    [all.slice(0, 2), 'incomplete'],
    [all.slice(2, 3), 'incomplete'],
    [all.slice(3, 4), 'incomplete'],
  ])('of %j is %s', (remarks, mark) => {
    expect(markOf(remarks)).toBe(mark)
  })
})

describe('the words for a reader', () => {
  it('name the pages and the lines', () => {
    expect(remarksInWords(all)).toBe(
      'The call broke off, so pages may be missing at the end. The receiving machine counted 3 pages, of which 1 came. ' +
        'The file breaks off after page 2; what came after it is missing. 9 pages could not be read and are missing: 2, 5, …. ' +
        '1 line is damaged and may not show what was sent, on page 1.',
    )
    expect(remarksInWords([])).toBe('')
  })

  it('are of the reader’s language alone', () => {
    expect(remarksInWords(all, 'fr')).toContain('L’appel a été interrompu')
    expect(marked('Fax pour 100', all, 'fr')).toBe('Incomplet : Fax pour 100')
    expect(marked('Fax an 100', all.slice(4), 'de')).toBe('Beschädigt: Fax an 100')
    expect(marked('Fax to 100', [])).toBe('Fax to 100')
    for (const remark of all) {
      const said = new Set(LANGUAGES.map((language) => remarksInWords([remark], language)))
      expect(said.size).toBe(LANGUAGES.length)
    }
  })

  it('are one line each, and short', () => {
    const pages = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.constantFrom(...LANGUAGES), pages, fc.nat({ max: 1e6 }), (language, named, rows) => {
        const text = remarksInWords(
          [
            { remark: 'pages-unreadable', pages: named, count: named.length + rows },
            { remark: 'rows-damaged', rows: rows + 1, pages: named, count: named.length },
          ],
          language,
        )
        expect(text).toMatch(/^[^\r\n]{40,600}$/)
      }),
    )
  })
})
