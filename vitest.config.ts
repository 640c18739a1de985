// Every kind of test is a project here: `npx vitest run --project faults`. package.json has a script for each.
import { defineConfig } from 'vitest/config'

const separateKinds = ['faults', 'shippers', 'platforms', 'remote', 'forwarding', 'web', 'schedules', 'benchmarks']

// What needs nothing but takes long, so that `npm cit` stays short.
const longTests = ['test/comparison/*.test.ts', 'test/package/types.test.ts', 'test/transport/endurance.test.ts', 'test/transport/long-lines.test.ts', 'test/transport/odd-modules.test.ts', 'test/cli/safety.test.ts', 'test/cli/bad-input.test.ts', 'test/cli/commands/{bundle,folders,upload,verify,web}.test.ts', 'test/cli/commands/watch.test.ts', 'test/cli/commands/cat-lines.test.ts']

/** Tests that share something of the machine, such as its mounts, its clock or a server, run one file at a time. */
function alone (name: string, testTimeout: number): object {
  return { test: { name, include: [`test/${name}/**/*.test.ts`], fileParallelism: false, testTimeout, hookTimeout: testTimeout } }
}

export default defineConfig({
  test: {
    // Most of the time goes into waiting for other processes and for archives to settle, so two files run at a time anywhere.
    maxWorkers: 2,
    passWithNoTests: true,
    reporters: ['default', 'json'],
    coverage: { include: ['src/**'], reporter: ['text-summary', 'json-summary'] },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...longTests, ...separateKinds.map((folder) => `test/${folder}/**`)],
          testTimeout: 30_000
        }
      },
      { test: { name: 'long', include: longTests, testTimeout: 60_000, hookTimeout: 60_000 } },
      // Root, mounts, strace and kills.
      alone('faults', 120_000),
      // Real log shippers, which need root and Debian's packages.
      alone('shippers', 180_000),
      // Windows' node.exe under Wine, containers, Bun, Deno, and Linux without /proc.
      alone('platforms', 180_000),
      // Real object stores from Debian: Ceph's gateway and Swift.
      alone('remote', 180_000),
      // Receivers of forwarded lines that fail in every way.
      alone('forwarding', 180_000),
      // The page in Debian's Chromium, and raw clients that attack its server.
      alone('web', 120_000),
      // Orders of events between writers, explored by the thousand.
      alone('schedules', 300_000),
      // Each benchmark runs once, briefly.
      alone('benchmarks', 120_000),
      {
        // What runs again under every supported line of Node: the package as it is built, and what leans on zlib, files and Intl.
        test: {
          name: 'nodes',
          include: ['test/{disk,package,policy,transport}/**/*.test.ts'],
          // The compiler's answer does not depend on what runs it. The long runs are about disks and memory, not about Node.
          exclude: ['test/package/types.test.ts', 'test/transport/{endurance,long-lines,many-rotations}.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000
        }
      }
    ]
  }
})
