import pino from 'pino'
import rotor, { transport, RotorOptionsError, type RotorOptions } from 'pino-rotor'

const options: RotorOptions = {
  file: 'logs/app.log',
  size: '50m',
  frequency: '0 2 * * *',
  compress: { algorithm: 'brotli', level: 5, after: '10m' },
  limit: { count: false, age: '30d', totalSize: '5g' }
}

pino(pino.transport<RotorOptions>({ target: 'pino-rotor', options }))
pino(transport(options))
rotor(options).then((stream) => pino(stream), (error: unknown) => error instanceof RotorOptionsError)
transport({ file: 'logs/app.log', size: false }).on('rotated', ({ archive, bytes, reason }) => {
  const told: [string, number, 'size' | 'time' | 'request' | 'start'] = [archive, bytes, reason]
  console.log(told)
})

// @ts-expect-error a size has a number and a unit
transport({ file: 'logs/app.log', size: '50 apples' })
// @ts-expect-error a bare number could be meant as megabytes or as bytes
transport({ file: 'logs/app.log', size: 50 })
// @ts-expect-error the active file is required
transport({ size: '50m' })
// @ts-expect-error there is no such option
transport({ file: 'logs/app.log', maxSize: '50m' })
