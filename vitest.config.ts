import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/faults/**', 'test/shippers/**'],
    // Most of the time goes into waiting for other processes and for archives to settle, so two files run at a time anywhere.
    maxWorkers: 2,
    testTimeout: 30_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/unit.json' },
    coverage: { include: ['src/**'], reporter: ['text-summary', 'json-summary'] }
  }
})
