import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.servers.test.ts', '.build/**', 'cdk.out/**', '.faxlane/**'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
