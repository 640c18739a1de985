// Opens an address in the user's browser, if there is one.
import { spawn } from 'node:child_process'

/** Opens the address. If that fails, it says so, and the server goes on. */
export function openBrowser (address: string, say: (line: string) => void): void {
  const [command, ...args] = opener(address)
  const failed = (): void => { say('no browser could be opened: open the address yourself') }
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.once('error', failed)
  child.once('exit', (code) => { if (code !== null && code !== 0) failed() })
  child.unref()
}

function opener (address: string): [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', address]
  return process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', address] : ['xdg-open', address]
}
