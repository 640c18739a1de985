// The types refuse what they can; tsc checks the expectations below, vitest only that the file can be loaded.
import { expectTypeOf, test } from 'vitest'
import { defaultOptions } from '../../src/options/defaults.js'
import type { Duration, RotorOptions, Size } from '../../src/options/options.js'

test('sizes and durations carry a unit', () => {
  expectTypeOf<'50m' | '1g' | '1.5g' | '10kb' | '10Kb' | '10MB' | '4096b'>().toExtend<Size>()
  expectTypeOf<'50 apples'>().not.toExtend<Size>()
  expectTypeOf<'50'>().not.toExtend<Size>()
  expectTypeOf<50>().not.toExtend<Size>()
  expectTypeOf<`${number}m`>().toExtend<Size>()
  expectTypeOf<'15m' | '24h' | '30d' | '500ms' | '2w' | '1.5h'>().toExtend<Duration>()
  expectTypeOf<'15 minutes'>().not.toExtend<Duration>()
  expectTypeOf<'5M'>().not.toExtend<Duration>()
})

test('options need a file, and an unknown option is refused', () => {
  expectTypeOf<{ file: string }>().toExtend<RotorOptions>()
  expectTypeOf<object>().not.toExtend<RotorOptions>()
  expectTypeOf<{ file: string, size: number }>().not.toExtend<RotorOptions>()
  expectTypeOf<{ file: string, limit: { count: string } }>().not.toExtend<RotorOptions>()
  // @ts-expect-error no such option
  const options: RotorOptions = { file: 'app.log', frequncy: 'daily' }
  expectTypeOf(options).toExtend<RotorOptions>()
  expectTypeOf({ file: 'app.log', ...defaultOptions }).toExtend<RotorOptions>()
})

test('frequency takes periods, durations and cron expressions', () => {
  expectTypeOf<'daily' | '15m' | '0 2 * * *' | false>().toExtend<RotorOptions['frequency']>()
  expectTypeOf<true>().not.toExtend<RotorOptions['frequency']>()
})
