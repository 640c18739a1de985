import { describe, expect, test } from 'vitest'
import { faultOfWindowsPath } from '../../../src/options/faults/windows-name.js'

test.each([
  'logs/app.log', 'logs\\app.log', 'C:\\logs\\app.log', 'c:/logs/app.log', '\\\\server\\share\\app.log', '//server/share/app.log',
  '\\\\?\\C:\\logs\\app.log', '\\\\?\\UNC\\server\\share\\app.log', '..\\app.log', './app.log', '.app', 'console.log', 'nullable.log', 'com10.log', 'COM.log',
  'a.nul', 'logs/a b.log', 'äöü 日本.log', 'C:\\logs\\a.b.c.log'
])('%j can be a plain file', (path) => {
  expect(faultOfWindowsPath(path)).toBeNull()
})

describe.each([
  ['a device', ['NUL', 'nul', 'CON.log', 'con.20251001.log', 'aux', 'logs/prn.log', 'COM1.log', 'lpt9', 'COM¹.log', 'logs\\NUL\\app.log', 'NUL .log', 'C:\\logs\\con', 'CONIN$']],
  ['a stream', ['logs/a:b.log', 'app.log:stream', 'C:\\logs\\a:b.log']],
  ['a drive letter', ['a:b.log', 'C:app.log', 'C:']],
  ['which Windows refuses', ['a<b.log', 'logs/a>b', 'a"b', 'a|b', 'a?b', 'a*b', 'a\tb']],
  ['neither a dot nor a space', ['app.log.', 'app.log ', 'logs /app.log', 'logs./app.log', 'C:\\logs.\\app.log', 'app...']],
  ['not of a device', ['\\\\.\\pipe\\app.log', '//./COM1']]
])('refuses, with the reason "%s",', (reason, paths) => {
  test.each(paths)('%j', (path) => {
    expect(faultOfWindowsPath(path)).toContain(reason)
  })
})
