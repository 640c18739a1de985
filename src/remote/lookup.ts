// Looks up the address of a store, without holding up the end of the process. The system's own lookup cannot be
// cancelled. If no name server answers, it holds a thread for 10 s, and the process waits for that thread at its end. So
// the name servers are asked first, in a way that can be cancelled, whether they answer at all.
import { lookup, Resolver, type LookupAddress, type LookupAllOptions } from 'node:dns'
import { readFile } from 'node:fs/promises'
import type { LookupFunction } from 'node:net'
import { StoreError } from './store-error.js'

const hostsFile = '/etc/hosts'
const answerMs = 5_000
const tries = 2
/** The codes of a resolver if no server has answered. */
const silent = ['ETIMEOUT', 'ECANCELLED']

/** Makes the lookup of one request, which ends with the signal. */
export function lookupUntil (signal: AbortSignal): LookupFunction {
  return (name, options, callback) => {
    void isAnswered(name, signal).then((isUp) => {
      if (isUp) lookup(name, options as LookupAllOptions, callback as unknown as (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void)
      else callback(new StoreError('EAI_AGAIN', `no name server answers, so the address of ${name} is not known`), [])
    })
  }
}

async function isAnswered (name: string, signal: AbortSignal): Promise<boolean> {
  if (await isKnownHere(name)) return true
  return await new Promise((resolve) => {
    const resolver = new Resolver({ timeout: answerMs, tries })
    const cancel = (): void => { resolver.cancel() }
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    resolver.resolve4(name, (error) => {
      signal.removeEventListener('abort', cancel)
      // A server that does not know the name has answered all the same. The system may know it from elsewhere.
      resolve(error === null || !silent.includes(error.code ?? ''))
    })
  })
}

/** Whether the system answers without asking a server. */
async function isKnownHere (name: string): Promise<boolean> {
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  const hosts = await readFile(hostsFile, 'utf8').catch(() => '') // Windows has it elsewhere, and a container may have none.
  return hosts.split('\n').some((line) => line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/).slice(1).includes(name))
}
