import { defineConfig } from 'vitest/config'

// These tests mount, trace and kill, and need root; one at a time, since they share the machine's mounts and clock.
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    fileParallelism: false,
    passWithNoTests: true,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/faults.json' }
  }
})
