// rsyslog and syslog-ng cannot be installed side by side on Debian. Whichever is not there is unpacked from its package
// into a temp folder and run from there.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  remove: () => void
}

/** Downloads and unpacks rsyslog; null if Debian's packages cannot be fetched. */
export function unpackRsyslog (): Program | null {
  const folder = mkdtempSync(join(tmpdir(), 'pino-rotor-rsyslog-'))
  const remove = (): void => { rmSync(folder, { recursive: true, force: true }) }
  try {
    execFileSync('apt-get', ['download', 'rsyslog', 'libestr0', 'libfastjson4', 'liblognorm5'], { cwd: folder, stdio: 'ignore' })
    for (const name of readdirSync(folder)) execFileSync('dpkg-deb', ['--extract', name, '.'], { cwd: folder })
    const [libraries = ''] = readdirSync(join(folder, 'usr/lib')).filter((name) => name.includes('-linux-'))
    const path = join(folder, 'usr/lib', libraries)
    return { command: join(folder, 'usr/sbin/rsyslogd'), args: ['-M', join(path, 'rsyslog')], environment: { LD_LIBRARY_PATH: path }, remove }
  } catch {
    remove()
    return null
  }
}
