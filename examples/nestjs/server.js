'use strict'
require('reflect-metadata')
const { Controller, Get, Module, Query } = require('@nestjs/common')
const { NestFactory } = require('@nestjs/core')
const { Logger, LoggerModule, PinoLogger } = require('nestjs-pino')
const pino = require('pino')

const target = { target: 'pino-rotor', options: { file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' } }

// A second logger of the same file, as a job runner or a library brings one along.
const jobs = pino({ name: 'jobs' }, pino.transport(target))

class AppController {
  constructor (logger) {
    this.logger = logger
  }

  handle (n) {
    this.logger.info({ n: Number(n) }, 'handled')
    jobs.info({ job: Number(n) }, 'done')
    return { ok: true }
  }
}

class AppModule {}

// What decorators do where a compiler is at hand.
Reflect.defineMetadata('design:paramtypes', [PinoLogger], AppController)
Query('n')(AppController.prototype, 'handle', 0)
Get()(AppController.prototype, 'handle', Object.getOwnPropertyDescriptor(AppController.prototype, 'handle'))
Controller()(AppController)
Module({ imports: [LoggerModule.forRoot({ pinoHttp: { transport: target } })], controllers: [AppController] })(AppModule)

async function main () {
  const app = await NestFactory.create(AppModule, { bufferLogs: true })
  app.useLogger(app.get(Logger))
  app.enableShutdownHooks()
  await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
}

main()
