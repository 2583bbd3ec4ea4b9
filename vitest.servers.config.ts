import { defineConfig } from 'vitest/config'

/** Tests against servers that a fresh machine does not have (vsftpd, CUPS, poppler): .ci/run installs them first. */
export default defineConfig({
  test: {
    include: ['**/*.servers.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
