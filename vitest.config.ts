import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      '**/*.servers.test.ts',
      '**/*.asterisk.test.ts',
      '.build/**',
      'cdk.out/**',
      '.faxlane/**',
    ],
    // Node 20 runs the SDK and is told so at every start.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Every core: the tests wait for processes and timers more than they compute.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
