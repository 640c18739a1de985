// `pino-rotor web`: serves a page that shows logs in the browser.
import { hostname } from 'node:os'
import { isIP } from 'node:net'
import { loopbackNames, tokenCharactersMin } from '../../web/server/access.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { timeOptions } from '../call/since-and-until.js'
import { UsageError } from '../call/usage-error.js'
import { openBrowser } from './web/browser.js'
import { ServerLife } from './web/server-life.js'
import type { Listening, ServerTask } from './web/server-thread.js'

const portUsual = 7667
const portMax = 65_535

export const web: Command = {
  name: 'web',
  takes: 'FILE|FOLDER',
  description: 'Serves a page on this machine that shows a log, or every log of a folder, in the browser: live tail, search over all archives, ' +
    'a histogram, and the state of retention. It only reads. Open the printed address: its token keeps others out. Ctrl-C ends it.',
  options: {
    config: commonOptions.config,
    port: { type: 'string', placeholder: 'PORT', help: `the port, or the next free one. The default is ${portUsual}. With 0 the system chooses a free one` },
    host: { type: 'string', placeholder: 'HOST', help: 'the address to listen on, such as 0.0.0.0. The default is 127.0.0.1, which only this machine reaches' },
    'base-path': { type: 'string', placeholder: 'PATH', help: 'the path of the page behind a proxy, such as /logs' },
    token: { type: 'string', placeholder: 'VARIABLE', help: 'takes the token from this environment variable, for a service. By default each start makes a new one' },
    timezone: timeOptions.timezone,
    open: { type: 'boolean', help: 'opens the page in the browser' },
    help: commonOptions.help
  },
  example: 'pino-rotor web logs/ --open',
  run
}

interface Place {
  readonly host: string
  readonly port: number
  readonly basePath: string
}

async function run (call: Call): Promise<ExitStatus> {
  const place = placeOf(call)
  const fixedToken = tokenOf(call)
  const server = new ServerLife(taskOf(call, place, fixedToken), call.face.sayPart)
  const news = await Promise.race([server.begun(), server.broken()])
  if (news.kind === 'failed') {
    call.face.say(news.line)
    return news.status
  }
  await announce(call, place, fixedToken, news)
  const signal = await Promise.race([interrupted(), server.broken()])
  // A thread that hangs in a read of the disk would keep the process from its usual end. The signal ends it in any case.
  if (!await server.end()) process.kill(process.pid, signal)
  return 0
}

async function announce (call: Call, place: Place, fixedToken: string | null, { port, token, ticket }: Listening): Promise<void> {
  if (place.port !== 0 && port !== place.port) call.face.say(`port ${place.port} is in use: ${port} is taken instead`)
  const home = `http://${shownHost(place.host)}:${port}${place.basePath}/`
  if (!isLoopback(place.host)) call.face.say(`this listens on ${place.host}: everyone who reaches this machine and has the token can read the logs, and nothing encrypts them on the way. Better: listen on 127.0.0.1 behind a proxy with TLS, or use ssh -L`)
  call.face.progress.end()
  await call.face.out.write(`${fixedToken === null ? `${home}?token=${token}` : home}\n`)
  if (call.flags.has('open')) openBrowser(`${home}?token=${ticket}`, call.face.say)
}

function placeOf ({ values }: Call): Place {
  const port = values.get('port') ?? String(portUsual)
  if (!/^\d{1,5}$/.test(port) || Number(port) > portMax) throw new UsageError(`--port: expected a number from 0 to ${portMax}, received ${JSON.stringify(port)}`)
  const basePath = values.get('base-path') ?? ''
  if (!/^(?:\/[\w.~-]+)*\/?$/.test(basePath) || /\/\.\.?(?:\/|$)/.test(basePath)) throw new UsageError(`--base-path: expected a path such as /logs, received ${JSON.stringify(basePath)}`)
  const host = values.get('host') ?? '127.0.0.1'
  if (host === '') throw new UsageError('--host: expected an address such as 0.0.0.0, received ""')
  return { host, port: Number(port), basePath: basePath.replace(/\/$/, '') }
}

// Never an argument, because every user of the machine can read the arguments of a process.
function tokenOf ({ values }: Call): string | null {
  const variable = values.get('token')
  if (variable === undefined) return null
  const token = process.env[variable] ?? ''
  if (token.length >= tokenCharactersMin && /^[\x21-\x7e]+$/.test(token)) return token
  throw new UsageError(`--token: expected the name of an environment variable with at least ${tokenCharactersMin} characters and no spaces, such as PINO_ROTOR_TOKEN`)
}

function taskOf ({ file, values }: Call, place: Place, token: string | null): ServerTask {
  const { host } = place
  const own = isLoopback(host) ? [] : [hostname().toLowerCase(), ...isIP(host) === 0 ? [host.toLowerCase()] : []]
  return { call: { file, values }, ...place, hostNames: [...loopbackNames, ...own], takesAddresses: !isLoopback(host), token }
}

function isLoopback (host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

function shownHost (host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname()
  return isIP(host) === 6 ? `[${host}]` : host
}

/** Resolves to the signal that asks for the end. A second one ends the process at once. */
async function interrupted (): Promise<NodeJS.Signals> {
  return await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { resolve(signal) })
  })
}
