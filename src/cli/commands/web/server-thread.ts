// The thread in which `pino-rotor web` reads and answers. A read from a disk that does not answer blocks this thread alone, so
// that the main thread can always end the command. The memory of the thread is limited too.
import { parentPort, workerData } from 'node:worker_threads'
import { useGate, type Gated } from '../../../platform/ending-gate.js'
import { Access, newToken } from '../../../web/server/access.js'
import { loadPage } from '../../../web/server/page-file.js'
import { WebServer } from '../../../web/server/web-server.js'
import type { Call, ExitStatus } from '../../call/command.js'
import { describeFailure } from '../../call/failure.js'
import { webSource } from './web-source.js'

export interface ServerTask {
  readonly call: Pick<Call, 'file' | 'values'>
  readonly host: string
  readonly port: number
  readonly basePath: string
  readonly hostNames: readonly string[]
  readonly takesAddresses: boolean
  /** Null for a new one. */
  readonly token: string | null
}

export interface Listening {
  readonly kind: 'listening'
  readonly port: number
  readonly token: string
  /** A token that is accepted once. */
  readonly ticket: string
}

export type ServerNews = Listening | { readonly kind: 'failed', readonly line: string, readonly status: ExitStatus }

const channel = parentPort
const data = workerData as Gated<ServerTask>
useGate(data.gate)
const news = await begun(data)
channel?.postMessage(news)

async function begun (task: ServerTask): Promise<ServerNews> {
  try {
    return await serve(task)
  } catch (error) {
    return { kind: 'failed', ...describeFailure(error) }
  }
}

async function serve ({ call, host, port, basePath, hostNames, takesAddresses, token }: ServerTask): Promise<Listening> {
  const source = await webSource(call)
  const server = new WebServer({ source, page: loadPage(), basePath }, (taken) => new Access({ token: token ?? newToken(), cookieName: `pino-rotor-${taken}`, hostNames, takesAddresses }))
  const { port: taken, access } = await server.listen(host, port)
  channel?.once('message', () => { void server.close() })
  return { kind: 'listening', port: taken, token: access.token, ticket: access.ticket() }
}
