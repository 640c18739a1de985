import { defineConfig } from 'vitest/config'

// What is run again under every supported line of Node: the package as it is built, and what leans on zlib, files and Intl.
export default defineConfig({
  test: {
    include: ['test/{disk,package,policy,transport}/**/*.test.ts'],
    // The compiler's answer does not depend on what runs it, and the long runs are about disks and memory, not about Node.
    exclude: ['test/package/types.test.ts', 'test/transport/{endurance,many-rotations}.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', 'json']
  }
})
