import { defineConfig } from 'vitest/config'

/** Calls through a real Asterisk, in real time; skipped where there is none (docs/asterisk.md). */
export default defineConfig({
  test: {
    include: ['**/*.asterisk.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
})
