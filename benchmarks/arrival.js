// How many lines arrive at a receiver that is away for a while: pino-rotor beside the transports that send over the network.
// The application logs at a steady rate, ends its transport and waits until that has closed. pino-rotor's next start then
// sends what is left, which the command does here. The others keep their lines in memory, so they have no next start.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ArrivalReceiver } from './arrival-receiver.js'

const ours = 'pino-rotor, forward'
const rivals = ['pino-loki@3.0.0', '@logtail/pino@0.5.9', 'pino-elasticsearch@9.0.0', 'pino-opentelemetry-transport@4.0.2', 'pino-socket@8.0.0']
const application = fileURLToPath(new URL('./arrival-application.js', import.meta.url))
const command = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
/** How long a line may take that is still under way when the application has ended. */
const graceMs = 2_000

// Each rival under its name without the version.
const nameOf = (rival) => rival.replace(/@[^@]+$/, '')

async function measure ({ scenario: { lines, awayFromMs, awayToMs }, contestant, folder, prepared: { rivalsFolder } }) {
  const receiver = new ArrivalReceiver(contestant === 'pino-socket')
  await receiver.start()
  const { port } = receiver
  if (awayFromMs === 0) await receiver.stop()
  const file = join(folder, 'app.log')
  const child = spawn(process.execPath, [application, JSON.stringify({ contestant, lines, port, file, rivalsFolder })], { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'close')
  if (awayToMs !== null) {
    await setTimeout(awayFromMs)
    await receiver.stop()
    await setTimeout(awayToMs - awayFromMs)
    await receiver.start()
  }
  await ended
  if (awayToMs === null) await receiver.start()
  if (contestant === ours) await once(spawn(process.execPath, [command, 'forward', file, '--url', `http://127.0.0.1:${port}`, '--until-sent'], { stdio: ['ignore', 'ignore', 'inherit'] }), 'close')
  await setTimeout(graceMs)
  await receiver.stop()
  return { lost: lines - receiver.arrived, arrived: receiver.arrived, twice: receiver.repeated }
}

function installRivals ({ quick }) {
  const rivalsFolder = mkdtempSync(join(tmpdir(), 'rotor-rivals-'))
  const remove = () => { rmSync(rivalsFolder, { recursive: true, force: true }) }
  if (quick) return { rivalsFolder, remove }
  const { status } = spawnSync('npm', ['install', '--prefix', rivalsFolder, '--no-audit', '--no-fund', '--silent', ...rivals], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status === 0) return { rivalsFolder, remove }
  remove()
  throw new Error('npm did not install the transports to compare with')
}

const awayForSeconds = 'away for 8 s'
const awayUntilAfter = 'away until after the end'

export default {
  name: 'arrival',
  title: 'Arrival: lines lost of 2,000, logged at 100 a second, where the receiver is away',
  metrics: { lost: 'lines lost', arrived: 'arrived', twice: 'arrived twice' },
  prepare: installRivals,
  scenarios: (quick) => {
    const contestants = quick ? [ours] : [ours, ...rivals.map(nameOf)]
    return [
      { name: awayForSeconds, contestants, lines: quick ? 100 : 2_000, awayFromMs: quick ? 300 : 6_000, awayToMs: quick ? 700 : 14_000 },
      { name: awayUntilAfter, contestants, lines: quick ? 100 : 2_000, awayFromMs: 0, awayToMs: null }
    ]
  },
  targets: () => [awayForSeconds, awayUntilAfter].map((scenario) => ({ says: `lines of ours lost, receiver ${scenario}`, scenario, over: ours, metric: 'lost', atMost: 0 })),
  measure
}
