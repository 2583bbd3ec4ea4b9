import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { transformSync } from 'esbuild'
import { checkSync } from 'recheck'
import { afterAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { expressionOf } from '../shared/transmission/number-pattern.ts'

// A regular expression that goes back over what it has read can take the square of its input's length, or worse: a mail of forty megabytes would hold a
// function until its time is over. Each one that reads what comes from outside is shown to be linear, by its automaton where it has one (recheck).

const PROJECT = fileURLToPath(new URL('..', import.meta.url))
/** Built from files of the project alone: agents/packaging. */
const SOURCES = ['shared', 'functions', 'agents', 'cli'].flatMap((folder) =>
  readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\/|^packaging\//.test(name))
    .map((name) => join(folder, name)),
)

interface Expression {
  source: string
  flags: string
}

/** By literal, with the first file that has it. */
const literals = new Map<string, Expression & { file: string }>()
const made: string[] = []
for (const file of SOURCES) {
  const { code } = transformSync(readFileSync(join(PROJECT, file), 'utf8'), {
    loader: 'ts',
    target: 'esnext',
  })
  if (code.includes('new RegExp(')) made.push(file)
  parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    onToken({ type, value }: { type: { label: string }; value?: unknown }) {
      if (type.label !== 'regexp') return
      const { pattern: source, flags } = z.object({ pattern: z.string(), flags: z.string() }).parse(value)
      if (!literals.has(`/${source}/${flags}`)) literals.set(`/${source}/${flags}`, { source, flags, file })
    },
  })
}

/** What was judged is not judged again: it takes some ten seconds for all of them. */
const CACHE = join(PROJECT, '.build/regular-expressions.json')
const judged = readCache()

function readCache(): Record<string, string> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(CACHE, 'utf8')))
  } catch {
    return {}
  }
}

/** `linear`, or what makes it slow. */
function judge({ source, flags }: Expression): string {
  const key = `/${source}/${flags}`
  const known = judged[key]
  if (known !== undefined) return known
  const verdict = checkSync(source, flags, { timeout: 60_000 })
  const said =
    verdict.status === 'safe'
      ? 'linear'
      : `${verdict.status}: ${verdict.status === 'vulnerable' ? `${verdict.complexity.summary}, by ${verdict.attack.pattern}` : verdict.error.kind}`
  judged[key] = said
  return said
}

afterAll(() => {
  mkdirSync(join(PROJECT, '.build'), { recursive: true })
  writeFileSync(CACHE, JSON.stringify(judged))
})

// No binary of somebody else's making is run.
process.env.RECHECK_SYNC_BACKEND = 'pure'

describe('regular expressions', () => {
  it('of what reads from outside are linear', () => {
    expect(literals.size).toBeGreaterThan(150)
    const slow = [...literals].flatMap(([literal, { file, ...expression }]) => {
      const verdict = judge(expression)
      return verdict === 'linear' ? [] : [`${file}: ${literal} is ${verdict}`]
    })
    expect(slow).toEqual([])
  }, 180_000)

  it('are made of text in one place, where nothing is repeated but the end', () => {
    expect(made).toEqual(['shared/transmission/number-pattern.ts'])
    for (const pattern of ['.', '+33.', `0[1-59]${'X'.repeat(30)}.`, `*#${'[0-9]'.repeat(38)}.`])
      expect(judge(expressionOf(pattern))).toBe('linear')
  })

  it('of the schemas’ library are linear, those that ours are made of', () => {
    const { email, base64 } = z.regexes
    for (const expression of [email, base64, z.regexes.datetime({ offset: true }), z.regexes.date])
      expect(judge(expression)).toBe('linear')
  })

  it('that are not are found', () => {
    expect(judge(/\s+$/)).toMatch(/^vulnerable: 2nd degree polynomial/)
    expect(judge(/^(a+)+$/)).toMatch(/^vulnerable: exponential/)
  })
})
