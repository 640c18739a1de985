// The house rules that a tool can check: pino's idiom, typed promises, short functions, and the walls between folders.
import { defineConfig } from 'eslint/config'
import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

const source = ['src/**/*.ts']
const typed = ['**/*.ts']

// Time reaches the code as an argument or as a Clock, so that a test can move it.
const clockReads = {
  'no-restricted-properties': ['error',
    { object: 'Date', property: 'now', message: 'Only src/clock.ts reads the clock.' },
    { object: 'performance', property: 'now', message: 'Only src/clock.ts reads the clock.' },
    { object: 'process', property: 'hrtime', message: 'Only src/clock.ts reads the clock.' }
  ],
  'no-restricted-syntax': ['error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Only src/clock.ts reads the clock.' },
    { selector: "BinaryExpression[operator='instanceof'][right.name='Error']", message: "Under test runners Node's errors are of another realm: use isError." },
    ...[String.raw`[callee.property.name=/^(push|unshift|splice)$/]`, "[callee.object.name='Math']"].map((call) => ({
      selector: `CallExpression${call} > SpreadElement.arguments`,
      message: 'A call has room for some 100,000 arguments. Beyond them it throws, so handle one at a time.'
    })),
    {
      selector: "CallExpression:matches([callee.name=/^(un|g|gun)zipSync$|^(de|in)flate(Raw)?Sync$/], [callee.property.name=/^(un|g|gun)zipSync$|^(de|in)flate(Raw)?Sync$/]):not(CallExpression[callee.name='inOnePiece'] CallExpression)",
      message: 'A thread that is ended in the middle of such a call may end the process: make it by inOnePiece.'
    }
  ]
}

const entries = { regex: '(^|/)(index|worker)\\.js$', message: 'No module imports an entry.' }

const effects = {
  regex: '^(node:)?(fs|child_process|worker_threads|timers|perf_hooks)(/|$)|/clock\\.js$',
  message: 'A policy decides from its arguments alone: no disk, no timers, no clock.'
}

function folders (names, message, allowTypeImports = false) {
  return { regex: `^\\.\\.?/(.*/)?(${names.join('|')})(/|\\.js$)`, message, allowTypeImports }
}

function wall (folder, ...patterns) {
  return {
    files: [folder],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [entries, ...patterns] }] }
  }
}

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'docs/', 'reports/', 'test/package/consumer/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...neostandard({ ts: true, noJsx: true }),
  { files: typed, extends: [tseslint.configs.recommendedTypeChecked] },
  { files: source, extends: [tseslint.configs.strictTypeChecked] },
  {
    files: typed,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `${NAME}` is how an option names a variable of the environment.
      'no-template-curly-in-string': 'off',
      // The sign that a promise is left alone on purpose.
      'no-void': ['error', { allowAsStatement: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error'
    }
  },
  {
    files: source,
    rules: {
      ...clockReads,
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }]
    }
  },
  {
    files: ['src/clock.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' }
  },
  {
    files: ['src/policy/**'],
    rules: { 'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'process'] }
  },
  {
    files: ['test/**', 'benchmarks/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/require-await': 'off'
    }
  },

  wall('src/**'),
  wall('src/{{archive-pattern,clock,errors,events,pino-levels,report}.ts,{platform,writable}/**}',
    folders(['options', 'policy', 'disk', 'lifecycle', 'reading', 'remote', 'forward', 'cli', 'web', 'transport-handle', 'worker', 'stream', 'transport'], 'The ground floor imports nothing from above.')),
  wall('src/policy/**',
    effects,
    folders(['disk', 'lifecycle', 'reading', 'remote', 'forward', 'cli', 'web', 'transport-handle', 'worker', 'stream', 'transport'], 'A policy decides. It knows nothing of effects and order.'),
    folders(['options'], 'A policy may know the shape of the settings, not how they are parsed.', true)),
  wall('src/disk/**',
    folders(['policy', 'lifecycle', 'reading', 'remote', 'forward', 'cli', 'web', 'transport-handle', 'worker', 'stream', 'transport'], 'An effect does one thing and decides nothing.'),
    folders(['options'], 'An effect may know the shape of the settings, not how they are parsed.', true)),
  wall('src/options/**',
    folders(['disk', 'lifecycle', 'reading', 'remote', 'forward', 'cli', 'web', 'transport-handle', 'worker', 'stream', 'transport'], 'Options are parsed before any file is touched.'),
    folders(['policy'], 'Parsing does not decide.')),
  wall('src/{remote,forward}/**',
    folders(['lifecycle', 'cli', 'web', 'transport-handle', 'worker', 'stream', 'transport'], 'What sends does not know the log that asks for it.')),
  wall('src/reading/**',
    folders(['lifecycle', 'remote', 'forward', 'cli', 'web', 'transport-handle', 'worker', 'stream', 'transport'], 'Reading needs the files alone.')),
  wall('src/lifecycle/**',
    folders(['cli', 'web', 'transport-handle', 'worker', 'stream', 'transport'], 'The life cycle does not know its caller.')),
  wall('src/transport-handle/**',
    folders(['lifecycle', 'disk', 'reading', 'remote', 'forward', 'cli', 'web', 'stream', 'transport'], "The application's side loads nothing of the worker's.", true)),
  wall('src/stream.ts',
    folders(['cli', 'web', 'transport'], "The worker's side does not know the application's.")),
  wall('src/worker/**',
    folders(['cli', 'web', 'transport'], "The worker's side does not know the application's.")),
  wall('src/transport.ts',
    folders(['disk', 'lifecycle', 'reading', 'remote', 'forward', 'cli', 'web'], "The application's side loads nothing of the worker's.", true)),
  wall('src/{cli,web}/**',
    folders(['transport-handle', 'worker', 'stream', 'transport'], 'A command works on the files, without a logger.'))
)
