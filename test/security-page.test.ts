import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const PROJECT = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(join(PROJECT, 'docs/security.md'), 'utf8')

/** The rows of the threat model, by what must not be possible. */
const rows = page
  .slice(page.indexOf('## Who can reach what'), page.indexOf('## How it is held'))
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))

describe('each row of the threat model', () => {
  it('is read', () => {
    expect(rows.length).toBeGreaterThan(15)
  })

  it.each(rows.map((cells) => [cells[3] ?? '', cells[4] ?? '']))(
    '"%s" names tests that are there',
    (_, shown) => {
      const named = [...shown.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)
      expect(named.length).toBeGreaterThan(0)
      expect(named.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([])
      expect(named.filter((path) => !/\.test\.ts$|\/$/.test(path))).toEqual([])
    },
  )
})

it('what can be tried again names tests that are there', () => {
  const commands = [...page.matchAll(/`(?:npx vitest run|npm run test:servers --) ([^`]+)`/g)]
  expect(commands.length).toBeGreaterThan(3)
  expect(commands.flatMap(([, path = '']) => (existsSync(join(PROJECT, path)) ? [] : [path]))).toEqual([])
})
