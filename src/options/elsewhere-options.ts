// The options that send what was logged elsewhere, as users write them: archives to object storage, lines to a collector.
import type { Level } from './nested-options.js'
import type { Size } from './units.js'

/** Where archives are sent: the bucket of an S3-compatible store, or a store of your own. Credentials are never options. */
export interface UploadOptions {
  /**
   * The bucket, and a prefix for keys if you like: `'s3://bucket/prefix'`.
   *
   * @default none
   * @throws `ERR_ROTOR_OPTIONS` if it is not such an address, is missing, or is given together with `module`.
   */
  to?: `s3://${string}`

  /**
   * The address of the store, for example `'https://minio.example.com:9000'`. It must be https, except on loopback.
   *
   * @default the address of Amazon S3 in region
   */
  endpoint?: string

  /**
   * The region that requests are signed for.
   *
   * @default the environment variable AWS_REGION or AWS_DEFAULT_REGION, else 'us-east-1'
   */
  region?: string

  /**
   * Whether the bucket is in the path of a request (`https://host/bucket/key`), not in the host name.
   *
   * @default true if endpoint is given or the bucket's name has a dot, else false
   */
  pathStyle?: boolean

  /**
   * The key of each object, after the prefix of `to`. `{name}` is the archive's file name and must be there. `{hostname}` is filled in,
   * and `{yyyy}`, `{mm}` and `{dd}` are the date in the archive's name.
   *
   * @default '{hostname}/{yyyy}/{mm}/{dd}/{name}'
   */
  key?: string

  /**
   * How many bytes of archives retention keeps beyond `limit` because they are not stored yet. Past it the oldest go, and their
   * `removed` events have `stored: false`.
   *
   * @default '5g'
   */
  hold?: Size

  /**
   * The storage class of each object, for example `'STANDARD_IA'`. Sent only if it is given.
   *
   * @default none
   */
  storageClass?: string

  /**
   * Encryption at rest by the store: `'AES256'`, or `'aws:kms'` with `kmsKey`. Sent only if it is given.
   *
   * @default none
   */
  encryption?: 'AES256' | 'aws:kms'

  /**
   * The identifier of the KMS key. Sent only if it is given; needs `encryption: 'aws:kms'`.
   *
   * @default none
   */
  kmsKey?: string

  /**
   * Tags of each object, at most ten. Sent only if they are given.
   *
   * @default none
   */
  tags?: Readonly<Record<string, string>>

  /**
   * Locks each object against removal for so many days. Sent only if it is given; the bucket must have object lock enabled.
   *
   * @default none
   */
  objectLock?: { mode: 'governance' | 'compliance', days: number }

  /**
   * A module whose default export is a function that returns `{ accessKeyId, secretAccessKey, sessionToken }`. Without
   * it, credentials come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), else
   * from the optional peer `@aws-sdk/credential-provider-node`, which knows roles, SSO and instance metadata.
   *
   * @default none
   */
  credentials?: { module: string }

  /**
   * A store of your own in place of `to`: a module that exports `put(key, stream, facts)` and `head(key)`.
   *
   * @default none
   * @throws `ERR_ROTOR_OPTIONS` if it does not exist, or is given together with an option of the bucket.
   */
  module?: string
}

/** Where lines are sent, from the files: a receiver of OTLP over HTTP, or a module of your own. */
export interface ForwardOptions {
  /**
   * The protocol. OTLP over HTTP in JSON is taken by OpenTelemetry Collectors, Loki 3, Grafana, OpenObserve, Elastic and Datadog's agents.
   *
   * @default none
   * @throws `ERR_ROTOR_OPTIONS` if it is missing while `module` is not given.
   */
  to?: 'otlp'

  /**
   * The address, for example `'http://127.0.0.1:4318/v1/logs'`. Without a path, `/v1/logs` is added.
   *
   * @default none
   */
  url?: string

  /**
   * Headers of each request. Name a secret as `${NAME}`, and set `NAME` in the environment.
   *
   * @default {}
   * @throws `ERR_ROTOR_OPTIONS` for a secret that is written as it is, and for a variable that is not set.
   */
  headers?: Readonly<Record<string, string>>

  /**
   * Attributes of the resource of every record, such as `{ 'service.name': 'shop' }`. They win over those from pino's `base`.
   *
   * @default {}
   */
  resource?: Readonly<Record<string, string>>

  /**
   * A sender of your own in place of `to`: a module whose default export is `(lines, signal) => Promise`.
   *
   * @default none
   */
  module?: string

  /**
   * Where forwarding begins if nothing records what was sent: at the oldest line that is kept, or at the next line.
   *
   * @default 'now'
   */
  from?: 'oldest' | 'now'

  /**
   * How many bytes of archives retention keeps beyond `limit` because their lines were not sent yet. Beyond it the oldest go, and their
   * `removed` events have `forwarded: false`.
   *
   * @default '1g'
   */
  hold?: Size

  /**
   * Send only lines of this level and above.
   *
   * @default none
   */
  level?: Level
}
