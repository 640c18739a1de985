import { defineConfig } from 'vitest/config'

// Real log shippers, which need root and Debian's packages rsyslog, syslog-ng-core and logrotate.
export default defineConfig({
  test: {
    include: ['test/shippers/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/shippers.json' }
  }
})
