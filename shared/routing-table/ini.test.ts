import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeUtf8, type IniFile, parseIni } from './ini.ts'

/** Sections as plain values: names, options, and the lines of a value joined. */
function plain({ sections }: IniFile) {
  return sections.map(({ name, options }) => [
    name,
    ...options.map((option) => [option.name, option.value.map(({ text }) => text).join('\n')]),
  ])
}

describe('what Python reads', () => {
  test.each([
    ['an option', '[mail]\nsubject = Fax', [['mail', ['subject', 'Fax']]]],
    ['a colon', '[mail]\nsubject: Fax', [['mail', ['subject', 'Fax']]]],
    ['the first separator counts', '[log]\nmsg = a:b=c', [['log', ['msg', 'a:b=c']]]],
    ['a colon before an equals sign', '[log]\nmsg:a=b', [['log', ['msg', 'a=b']]]],
    ['no blanks', '[mail]\nsubject=Fax', [['mail', ['subject', 'Fax']]]],
    ['options in any case', '[mail]\nSubject = Fax', [['mail', ['subject', 'Fax']]]],
    ['sections in the case as written', '[Mail]', [['Mail']]],
    ['blanks inside a header', '[ mail ]', [[' mail ']]],
    ['CRLF', '[mail]\r\nsubject = Fax\r\n', [['mail', ['subject', 'Fax']]]],
    ['CR alone', '[mail]\rsubject = Fax', [['mail', ['subject', 'Fax']]]],
    ['a byte order mark', '\uFEFF[mail]\nsubject = Fax', [['mail', ['subject', 'Fax']]]],
    ['; at the start', ';;; [ftp]\n[mail]\n;subject = no', [['mail']]],
    ['# at the start', '# [ftp]\n[mail]\n  # subject = no', [['mail']]],
    ['; behind a value', '[mail]\nsubject = Fax ; said once', [['mail', ['subject', 'Fax']]]],
    ['; behind a tab', '[mail]\nsubject = Fax\t;said once', [['mail', ['subject', 'Fax']]]],
    ['; inside a word', '[mail]\nsubject = a;b', [['mail', ['subject', 'a;b']]]],
    ['# behind a value is part of it', '[mail]\nsubject = Fax # 1', [['mail', ['subject', 'Fax # 1']]]],
    ['; behind a header', '[mail] ; ways', [['mail']]],
    ['an empty value', '[mail]\nsubject =', [['mail', ['subject', '']]]],
    ['two quotes are an empty value', '[mail]\nsubject = ""', [['mail', ['subject', '']]]],
    ['quotes stay', '[mail]\nsubject = "Fax"', [['mail', ['subject', '"Fax"']]]],
    ['a continuation', '[n]\ndest = a,\n  b', [['n', ['dest', 'a,\nb']]]],
    [
      'a continuation behind comments and blank lines',
      '[n]\ndest = a,\n; c\n\n  b',
      [['n', ['dest', 'a,\nb']]],
    ],
    ['a section whose options are all indented', '[n]\n  a = 1\n  b = 2', [['n', ['a', '1'], ['b', '2']]]],
    ['a tab as indentation', '[n]\na = 1\n\tb = 2', [['n', ['a', '1\nb = 2']]]],
    ['nothing', '', []],
  ])('%s', (_, text, sections) => {
    const ini = parseIni(text)
    expect(plain(ini)).toEqual(sections)
    expect(ini.findings).toEqual([])
  })

  test('each line of a value knows where it stands', () => {
    const [section] = parseIni('[n]\n\ndest = a, ; why\n; comment\n  b').sections
    expect(section?.line).toBe(1)
    expect(section?.options[0]?.value).toEqual([
      { line: 3, text: 'a,', comment: '; why' },
      { line: 5, text: 'b' },
    ])
  })
})

describe('what Python merges, ignores or refuses', () => {
  test.each([
    ['a doubled section', '[mail]\n[mail]', [2, '[mail]', 'already on line 1']],
    ['a doubled option', '[mail]\na = 1\nA : 2', [3, 'A : …', 'already on line 2']],
    ['a header without its end', '[mail\nsubject = Fax', [1, '[mail', 'no "]"']],
    ['text behind a header', '[mail] subject = Fax', [1, '[mail]', 'is not read']],
    ['an indented header', '[mail]\nsubject = Fax\n  [ftp]', [3, '[ftp]', 'part of subject']],
    [
      'an option before any section',
      'subject = Fax\na = b\n[mail]',
      [1, 'subject = …', 'before the first section'],
    ],
    ['a line that is nothing', '[mail]\nsubject Fax', [2, 'subject …', 'neither a section']],
    ['a word that is nothing', '[mail]\nsubject', [2, 'one word', 'neither a section']],
    ['an option without a name', '[mail]\n= Fax', [2, '= …', 'neither a section']],
    ['a control character', '[mail]\nsubject = a\u0007b', [2, 'subject = …', 'U+0007']],
    ['a line separator of Unicode', '[mail]\nsubject = a\u2028b', [2, 'subject = …', 'U+2028']],
    ['a replaced character', '[mail]\nsubject = a\uFFFD', [2, 'subject = …', 'not UTF-8']],
  ])('%s', (_, text, [line, found, problem]) => {
    const { findings } = parseIni(text)
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ line, found })
    expect(findings[0]?.problem).toContain(problem)
    expect(findings[0]?.fix).not.toBe('')
  })

  test('a section that is there twice is read as one, as Python 2 did, so that nothing else is reported for it', () => {
    const ini = parseIni('[mail]\nsubject = Fax\n[mail]\nsubject = Other\nemail_from = a@b.org')
    expect(plain(ini)).toEqual([
      ['mail', ['subject', 'Fax'], ['subject', 'Other'], ['email_from', 'a@b.org']],
    ])
    expect(ini.findings).toHaveLength(1)
  })

  test('options behind a broken header do not slip into the section before', () => {
    const ini = parseIni('[mail]\nsubject = Fax\n[ftp\nhost = example.org')
    expect(plain(ini)).toEqual([
      ['mail', ['subject', 'Fax']],
      ['ftp', ['host', 'example.org']],
    ])
  })
})

describe('bytes', () => {
  test.each(['fffe', 'feff'])('UTF-16 (%s) is one finding', (mark) => {
    const bytes = Buffer.concat([Buffer.from(mark, 'hex'), Buffer.from('[mail]\n[ftp]\n', 'utf16le')])
    expect(parseIni(decodeUtf8(bytes))).toMatchObject({ sections: [], findings: [{ line: 1 }] })
    expect(parseIni(decodeUtf8(bytes)).findings).toHaveLength(1)
  })

  test('Latin-1 in a value is a finding with its line, and none in a comment', () => {
    const bytes = Buffer.from('; r\xE9ception\n[mail]\nsubject = r\xE9ception ; \xE9\n', 'latin1')
    const { findings } = parseIni(decodeUtf8(bytes))
    expect(findings).toMatchObject([{ line: 3, problem: 'This line is not UTF-8.' }])
  })
})

const word = fc.stringMatching(/^[a-z][a-z_0-9]{0,8}$/)
const value = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .filter((text) => !/\p{Cc}|[\u2028\u2029\uFFFD\uFEFF]|\s;|^;/u.test(text) && text !== '""')
  .map((text) => text.trim())
const content = fc.uniqueArray(
  fc.tuple(word, fc.uniqueArray(fc.tuple(word, value), { selector: ([name]) => name, maxLength: 5 })),
  { selector: ([name]) => name, maxLength: 5 },
)

test('what was written is read again, whatever the line ends, separators and comments', () => {
  const style = fc.record({
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    separator: fc.constantFrom(' = ', '=', ' : ', ':'),
    comment: fc.constantFrom('', ' ; note', '\t;', '\n; line', '\n# line', '\n'),
  })
  fc.assert(
    fc.property(content, style, (sections, { lineEnd, separator, comment }) => {
      const print = ([name, options]: (typeof sections)[number]) =>
        [`[${name}]`, ...options.map(([option, text]) => `${option}${separator}${text}`)]
          .map((line) => `${line}${comment}\n`)
          .join('')
      const ini = parseIni(sections.map(print).join('').replaceAll('\n', lineEnd))
      expect(plain(ini)).toEqual(sections.map(([name, options]) => [name, ...options]))
      expect(ini.findings).toEqual([])
    }),
  )
})
