// A Ceph Object Gateway of Debian, alone on loopback: one monitor, one OSD with its objects in memory, one gateway. It answers
// `If-None-Match: *` for an object that exists with 412.
import { execFileSync, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, endAll, freePorts, hasProgram, startProgram } from './server-process.js'
import type { StoreServer } from './store-server.js'

const needed = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-authtool', 'monmaptool', 'radosgw-admin', 'ceph']

export function cephIsMissing (): string | null {
  const missing = needed.filter((program) => !hasProgram(program))
  return missing.length === 0 ? null : `needs Debian's ceph-mon, ceph-osd, ceph-common and radosgw (no ${missing.join(', ')})`
}

function configuration (folder: string, port: number): string {
  const global = {
    fsid: randomUUID(),
    mon_host: `[v2:127.0.0.1:${port + 1},v1:127.0.0.1:${port + 2}]`,
    mon_initial_members: 'a',
    auth_cluster_required: 'cephx',
    auth_service_required: 'cephx',
    auth_client_required: 'cephx',
    auth_allow_insecure_global_id_reclaim: false,
    keyring: `${folder}/keyring`,
    public_addr: '127.0.0.1',
    cluster_addr: '127.0.0.1',
    public_network: '127.0.0.0/8',
    ms_bind_ipv6: false,
    run_dir: folder,
    admin_socket: `${folder}/$name.asok`,
    pid_file: `${folder}/$name.pid`,
    log_file: `${folder}/$name.log`,
    crash_dir: folder,
    osd_pool_default_size: 1,
    osd_pool_default_min_size: 1,
    osd_pool_default_pg_num: 1,
    osd_pool_default_pgp_num: 1,
    osd_crush_chooseleaf_type: 0,
    mon_allow_pool_size_one: true,
    mon_max_pg_per_osd: 1000,
    mon_data_avail_crit: 1,
    mon_pg_warn_min_per_osd: 0,
    osd_objectstore: 'memstore',
    memstore_device_bytes: 1024 ** 3,
    osd_memory_target: 939_524_096
  }
  const gateway = {
    rgw_frontends: `beast endpoint=127.0.0.1:${port}`,
    rgw_data: `${folder}/rgw`,
    rgw_thread_pool_size: 16,
    rgw_s3_auth_use_rados: true,
    rgw_run_sync_thread: false,
    rgw_enable_lc_threads: false,
    rgw_dynamic_resharding: false,
    debug_rgw: 0
  }
  const section = (name: string, entries: object): string => `[${name}]\n${Object.entries(entries).map(([key, value]) => `${key} = ${value}`).join('\n')}\n`
  return section('global', global) + section('mon.a', { mon_data: `${folder}/mon` }) + section('osd.0', { osd_data: `${folder}/osd` }) + section('client.rgw', gateway)
}

/** Starts the gateway in the folder, with a user of its own. */
export async function startCeph (folder: string): Promise<StoreServer> {
  const port = await freePorts(3)
  for (const part of ['mon', 'osd', 'rgw']) mkdirSync(join(folder, part), { recursive: true })
  const file = join(folder, 'ceph.conf')
  const text = configuration(folder, port)
  writeFileSync(file, text)
  const environment = { CEPH_CONF: file }
  const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8', env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  const fsid = /^fsid = (.*)$/m.exec(text)?.[1] ?? ''

  run('ceph-authtool', '-C', join(folder, 'keyring'), '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *')
  for (const name of ['client.admin', 'client.rgw', 'osd.0']) {
    run('ceph-authtool', join(folder, 'keyring'), '--gen-key', '-n', name, '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *')
  }
  run('monmaptool', '--create', '--addv', 'a', `[v2:127.0.0.1:${port + 1},v1:127.0.0.1:${port + 2}]`, '--fsid', fsid, join(folder, 'monmap'))
  run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', join(folder, 'monmap'), '--keyring', join(folder, 'keyring'))
  const children: ChildProcess[] = [startProgram(folder, 'ceph-mon', ['-i', 'a', '-f'], environment)]
  try {
    // This client waits for the monitor by itself.
    run('ceph', '--connect-timeout', '50', '-s')
    const osd = randomUUID()
    run('ceph', 'osd', 'new', osd)
    run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd)
    children.push(startProgram(folder, 'ceph-osd', ['-i', '0', '-f'], environment))
    const startGateway = async (): Promise<ChildProcess> => {
      const gateway = startProgram(folder, 'radosgw', ['-f', '-n', 'client.rgw'], environment)
      children.push(gateway)
      await answers(`http://127.0.0.1:${port}/`, gateway)
      return gateway
    }
    let front = await startGateway()
    run('radosgw-admin', '-n', 'client.rgw', 'user', 'create', '--uid=test', '--display-name=test', '--access-key=testkey', '--secret=testsecret')
    run('radosgw-admin', '-n', 'client.rgw', 'subuser', 'create', '--uid=test', '--subuser=test:reader', '--access=read', '--key-type=s3', '--access-key=readkey', '--secret=readsecret')
    return {
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'testkey', secretAccessKey: 'testsecret' },
      reader: { accessKeyId: 'readkey', secretAccessKey: 'readsecret' },
      limit: (bytes) => {
        const quota = (action: string, ...more: string[]): string => run('radosgw-admin', '-n', 'client.rgw', 'quota', action, '--quota-scope=user', '--uid=test', ...more)
        if (bytes === null) quota('disable')
        else {
          quota('set', `--max-size=${bytes}`)
          quota('enable')
        }
      },
      front: () => front,
      restart: async () => {
        await endAll([front])
        front = await startGateway()
      },
      stop: async () => { await endAll(children) }
    }
  } catch (error) {
    await endAll(children)
    throw error
  }
}
