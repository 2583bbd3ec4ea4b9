import { expect, test } from 'vitest'
import { makeSecretCache, SECRET_LIFETIME_SECONDS } from './secret-cache.ts'

/** A store of secrets that counts how often it is asked, and a clock that stands still until it is set. */
function setUp() {
  const state = { value: 'first', reads: 0, seconds: 0, broken: false }
  const cache = makeSecretCache(
    async (name) => {
      state.reads += 1
      if (state.broken) throw new Error('Secrets Manager is away')
      return `${name}: ${state.value}`
    },
    () => new Date(state.seconds * 1000),
  )
  return { cache, state }
}

test('a secret is read once while it lives, and again after that', async () => {
  const { cache, state } = setUp()
  await cache.read('a')
  state.value = 'second'
  state.seconds = SECRET_LIFETIME_SECONDS - 1
  expect(await cache.read('a')).toBe('a: first')
  expect(state.reads).toBe(1)
  state.seconds = SECRET_LIFETIME_SECONDS
  expect(await cache.read('a')).toBe('a: second')
})

test('a forgotten one is read at once, and no other', async () => {
  const { cache, state } = setUp()
  await cache.read('a')
  await cache.read('b')
  state.value = 'second'
  cache.forget('a')
  expect(await cache.read('a')).toBe('a: second')
  expect(await cache.read('b')).toBe('b: first')
})

test('an error is not kept', async () => {
  const { cache, state } = setUp()
  state.broken = true
  await expect(cache.read('a')).rejects.toThrow('away')
  state.broken = false
  expect(await cache.read('a')).toBe('a: first')
})
