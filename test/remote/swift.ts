// OpenStack Swift of Debian with its S3 interface, alone on loopback: one replica, one device, its own memcached. It answers
// `If-None-Match: *` at PUT with 501. Only its library is installed, and its servers are started from there: the packages of the
// servers need rsyslog, which Debian does not let stand beside the syslog-ng of other tests.
import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, endAll, freePorts, hasProgram, startProgram } from './server-process.js'
import type { StoreServer } from './store-server.js'

const python = '/usr/bin/python3'
const kinds = ['account', 'container', 'object'] as const

export function swiftIsMissing (): string | null {
  if (!hasProgram('memcached')) return "needs Debian's memcached"
  return spawnSync(python, ['-c', 'import swift']).status === 0 ? null : "needs Debian's python3-swift"
}

// What Debian's /usr/bin/swift-proxy-server and its siblings do. They read swift.conf in /etc/swift, wherever swift_dir is.
const server = `
import os, sys
from swift.common import utils
utils.SWIFT_CONF_FILE = os.path.join(os.path.dirname(sys.argv[2]), 'swift.conf')
from swift.common.wsgi import run_wsgi
from swift.obj.server import global_conf_callback
kind = sys.argv[1]
sys.exit(run_wsgi(sys.argv[2], kind + '-server', **({'global_conf_callback': global_conf_callback} if kind == 'object' else {})))
`

function startServer (folder: string, kind: string): ChildProcess {
  return startProgram(folder, python, ['-c', server, kind, join(folder, `${kind}-server.conf`)])
}

const rings = `
import sys
from swift.common.ring import RingBuilder
for name, port in zip(('account', 'container', 'object'), sys.argv[2:]):
    ring = RingBuilder(4, 1, 0)
    ring.add_dev({'id': 0, 'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'device': 'd1', 'weight': 1, 'meta': '', 'replication_ip': '127.0.0.1', 'replication_port': int(port)})
    ring.rebalance()
    ring.get_ring().save(sys.argv[1] + '/' + name + '.ring.gz')
`

function section (name: string, entries: object): string {
  return `[${name}]\n${Object.entries(entries).map(([key, value]) => `${key} = ${value}`).join('\n')}\n`
}

function writeConfiguration (folder: string, port: number): void {
  const common = (own: number): object => ({
    swift_dir: folder, devices: join(folder, 'devices'), mount_check: false, bind_ip: '127.0.0.1', bind_port: own, user: 'root', workers: 0, log_level: 'INFO', fallocate_reserve: 0, disable_fallocate: true
  })
  writeFileSync(join(folder, 'swift.conf'),
    section('swift-hash', { swift_hash_path_suffix: 'test', swift_hash_path_prefix: 'test' }) +
    section('storage-policy:0', { name: 'gold', default: 'yes' }) +
    section('swift-constraints', { max_file_size: 5_368_709_122 }))
  for (const [index, kind] of kinds.entries()) {
    writeFileSync(join(folder, `${kind}-server.conf`), section('DEFAULT', common(port + 1 + index)) + section('pipeline:main', { pipeline: `${kind}-server` }) + section(`app:${kind}-server`, { use: `egg:swift#${kind}` }))
  }
  const filters = ['catch_errors', 'proxy-logging', 'cache', 'bulk', 's3api', 'tempauth', 'slo', 'dlo', 'symlink', 'versioned_writes']
  const extra: Record<string, object> = {
    cache: { use: 'egg:swift#memcache', memcache_servers: `127.0.0.1:${port + 4}` },
    'proxy-logging': { use: 'egg:swift#proxy_logging' },
    s3api: { use: 'egg:swift#s3api', location: 'us-east-1', check_bucket_owner: false, s3_acl: false },
    tempauth: { use: 'egg:swift#tempauth', user_test_tester: 'testing .admin' },
    versioned_writes: { use: 'egg:swift#versioned_writes', allow_object_versioning: true }
  }
  writeFileSync(join(folder, 'proxy-server.conf'),
    section('DEFAULT', common(port)) +
    section('pipeline:main', { pipeline: `${filters.join(' ')} proxy-server` }) +
    section('app:proxy-server', { use: 'egg:swift#proxy', account_autocreate: true }) +
    filters.map((name) => section(`filter:${name}`, extra[name] ?? { use: `egg:swift#${name}` })).join(''))
}

/** Starts the store in the folder. */
export async function startSwift (folder: string): Promise<StoreServer> {
  const port = await freePorts(5)
  mkdirSync(join(folder, 'devices', 'd1'), { recursive: true })
  writeConfiguration(folder, port)
  execFileSync(python, ['-c', rings, folder, ...kinds.map((_, index) => String(port + 1 + index))], { stdio: ['ignore', 'ignore', 'pipe'] })
  const children: ChildProcess[] = [startProgram(folder, 'memcached', ['-u', 'root', '-l', '127.0.0.1', '-p', String(port + 4), '-m', '16'])]
  const storing = kinds.map((kind) => startServer(folder, kind))
  children.push(...storing)
  const startProxy = async (): Promise<ChildProcess> => {
    const proxy = startServer(folder, 'proxy')
    children.push(proxy)
    await answers(`http://127.0.0.1:${port}/info`, proxy)
    return proxy
  }
  try {
    await Promise.all(storing.map(async (program, index) => { await answers(`http://127.0.0.1:${port + 1 + index}/`, program) }))
    let front = await startProxy()
    return {
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'test:tester', secretAccessKey: 'testing' },
      reader: null,
      limit: null,
      front: () => front,
      restart: async () => {
        await endAll([front])
        front = await startProxy()
      },
      stop: async () => { await endAll(children) }
    }
  } catch (error) {
    await endAll(children)
    throw error
  }
}
