module.exports = {
  apps: [{
    name: 'example',
    script: 'server.cjs',
    exec_mode: 'cluster',
    instances: 2,
    // What is logged goes to the file; what is left, such as pino-rotor's own reports on stderr, to PM2.
    out_file: 'logs/pm2.out',
    error_file: 'logs/pm2.err',
    kill_timeout: 5000
  }]
}
