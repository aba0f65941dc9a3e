import type {
  AppInfo,
  Bucket,
  Encryption,
  EnvelopeFacts,
  MasterKey,
  ObjectRow,
  Profile,
  SecretsStatus,
} from '../../shared/contract/models.ts'
import type { KmsListedKey } from '../../shared/contract/models-keys.ts'
import type { EditedCopy } from '../../shared/contract/models-edits.ts'
import type { Settings } from '../../shared/contract/models-settings.ts'
import type { Leftover, Transfer } from '../../shared/contract/models-transfers.ts'

/** Everything the fake core knows. Names, hosts and numbers are invented. */
export interface FakeData {
  /** The time of the last listing of all buckets; null: no bucket was listed whole. */
  ledgerAsOf: string | null
  app: AppInfo
  settings: Settings
  secrets: SecretsStatus
  profiles: readonly Profile[]
  buckets: Record<string, readonly Bucket[]>
  /** Rows by `bucket/prefix`. */
  rows: Record<string, readonly ObjectRow[]>
  /** By key; an object that is not here is plain. */
  encryption: Record<string, Encryption | null>
  /** Objects that look plain and are whole messages, by key. */
  messages: Record<string, Encryption>
  /** The keys that KMS lists. */
  listed: readonly KmsListedKey[]
  keys: readonly MasterKey[]
  transfers: readonly Transfer[]
  /** Of every bucket. */
  leftovers: readonly Leftover[]
  edits: readonly EditedCopy[]
}

/** The day on which all of this happens: today at the given time. */
export const today = (clock: string): string =>
  new Date(`${new Date().toISOString().slice(0, 10)}T${clock}:00`).toISOString()
const ago = (days: number, clock: string): string => {
  const at = new Date(today(clock))
  at.setDate(at.getDate() - days)
  return at.toISOString()
}

export function key(over: Partial<MasterKey> & Pick<MasterKey, 'id' | 'name'>): MasterKey {
  return {
    kind: 'rsa',
    kms: null,
    command: null,
    writes: 'v2',
    bits: 3072,
    hasPrivate: true,
    state: 'active',
    description: '',
    style: 'compact',
    fingerprint: '9f3c41d70b82e6aa'.repeat(4),
    created: ago(300, '10:00'),
    origin: 'generated',
    backedUp: ago(18, '10:00'),
    escrowed: null,
    sheets: null,
    proven: today('09:12'),
    weakAllowed: false,
    unavailable: null,
    defaultFor: [],
    seen: [],
    ...over,
  }
}

export const keys: readonly MasterKey[] = [
  key({
    id: 'k1',
    name: 'Studio 2026',
    description: '{"team":"studio","year":"2026"}',
    defaultFor: [{ profileId: 'p1', profileName: 'Studio, Hangzhou', bucket: null }],
  }),
  key({
    id: 'k2',
    name: 'Backups 2025',
    bits: 4096,
    description: '{"use":"nightly"}',
    backedUp: null,
    fingerprint: '41ab0c9e77d21f508e6b03a4c9d712ef5506b8f12a94de730fc1886de35a9b47',
    defaultFor: [{ profileId: 'p2', profileName: 'Backups, Frankfurt', bucket: 'eu-nightly' }],
    seen: [
      { bucket: 'eu-nightly', objects: 1918, bytes: 2.31e12 },
      { bucket: 'lanstone-archive', objects: 24, bytes: 61.2e9 },
    ],
  }),
  key({
    id: 'k3',
    name: 'Studio 2023',
    bits: 2048,
    state: 'decrypt-only',
    description: '{"team":"studio","year":"2023"}',
    fingerprint: 'c05de8126a3b94f7'.repeat(4),
    backedUp: '2024-01-12T09:00:00Z',
  }),
  key({
    id: 'k4',
    name: 'Scan inbox',
    hasPrivate: false,
    description: '{"box":"scans","site":"杭州"}',
    fingerprint: '0e77b1d452c8a93e'.repeat(4),
    backedUp: null,
    origin: 'imported',
  }),
  key({
    id: 'k5',
    name: 'Old laptop',
    bits: 1024,
    state: 'decrypt-only',
    fingerprint: 'd2f6380b19ce7745'.repeat(4),
    backedUp: '2021-05-08T09:00:00Z',
    origin: 'imported',
  }),
  key({
    id: 'k6',
    name: 'Practice key',
    bits: 2048,
    description: '{"use":"practice"}',
    fingerprint: '77c194aa3de05b28'.repeat(4),
    backedUp: null,
    origin: 'sample',
    defaultFor: [{ profileId: 'practice', profileName: 'Practice', bucket: null }],
  }),
]

const CMK = '5c5c0a9e-77d2-4f50-8e6b-03a4c9d712ef'
const ARN = `acs:kms:cn-hangzhou:1234567890123456:key/${CMK}`
const elsewhere = { bits: 0, fingerprint: '', origin: 'imported', backedUp: null } as const
export const kmsFacts = {
  cmkId: CMK,
  arn: ARN,
  region: 'cn-hangzhou',
  endpoint: '',
  profileId: 'p1',
  accessKeyId: '',
  context: {},
  hasPassphrase: false,
}
/**
 * A key in KMS under a profile's account, one with an account and oss2's passphrase of its own, and
 * a program.
 */
export const remoteKeys: readonly MasterKey[] = [
  key({
    ...elsewhere,
    id: 'k7',
    name: 'Studio in KMS',
    kind: 'kms',
    description: '{"team":"studio","in":"kms"}',
    kms: kmsFacts,
  }),
  key({
    ...elsewhere,
    id: 'k8',
    name: 'Old pipeline 旧流水线',
    kind: 'kms',
    writes: 'v1',
    description: '{"use":"pipeline"}',
    kms: {
      ...kmsFacts,
      cmkId: 'alias/nightly-pipeline',
      arn: '',
      region: 'eu-central-1',
      endpoint: 'https://kms-vpc.eu-central-1.aliyuncs.com',
      profileId: null,
      accessKeyId: 'LTAI5tPipelineExample',
      hasPassphrase: true,
    },
  }),
  key({
    ...elsewhere,
    id: 'k9',
    name: 'HSM in the cellar',
    kind: 'command',
    description: '{"hsm":"cellar"}',
    proven: null,
    command: {
      program: '/opt/studio/bin/wrap-with-hsm-of-the-cellar',
      args: ['--slot', '3'],
      wrapAlgorithm: 'Studio/HSM',
      timeoutSeconds: 30,
    },
  }),
]

const profile = (over: Partial<Profile> & Pick<Profile, 'id' | 'name' | 'colour'>): Profile => ({
  endpoint: 'https://oss-cn-hangzhou.aliyuncs.com',
  region: 'cn-hangzhou',
  accessKeyId: 'LTAI5tExampleExampleEx',
  hasToken: false,
  kind: 'stored',
  buckets: [],
  sealsNew: true,
  sealedOnly: false,
  defaultKey: null,
  bucketKeys: {},
  ...over,
})
const bucket = (name: string, region = 'cn-hangzhou'): Bucket => ({
  name,
  region,
  created: '2024-02-01T08:00:00.000Z',
})

export const facts = (description: string, over: Partial<EnvelopeFacts> = {}): EnvelopeFacts => ({
  format: 'v2',
  cmks: [],
  context: {},
  protection: 'none',
  resplit: null,
  description,
  contentAlgorithm: 'AES/CTR/NoPadding',
  wrapAlgorithm: 'RSA/NONE/PKCS1Padding',
  wrapBits: 3072,
  dataSize: null,
  partSize: null,
  plaintextMd5: false,
  ...over,
})
type Sealed = Extract<Encryption, { readonly state: 'encrypted' }>
export const studio: Sealed = {
  state: 'encrypted',
  keyId: 'k1',
  keyName: 'Studio 2026',
  keyKind: 'rsa',
  facts: facts('{"team":"studio","year":"2026"}'),
}
const backups: Encryption = {
  state: 'encrypted',
  keyId: 'k2',
  keyName: 'Backups 2025',
  keyKind: 'rsa',
  facts: facts('{"use":"nightly"}', { wrapBits: 4096 }),
}
const practice: Encryption = {
  state: 'encrypted',
  keyId: 'k6',
  keyName: 'Practice key',
  keyKind: 'rsa',
  facts: facts('{"use":"practice"}', { wrapBits: 2048 }),
}
export const payroll = {
  state: 'nokey',
  facts: facts('{"team":"payroll"}'),
} as const satisfies Encryption
/** Formats that the SDKs write besides V2 under RSA. */
export const kmsV2: Sealed = {
  state: 'encrypted',
  keyId: 'k7',
  keyName: 'Studio in KMS',
  keyKind: 'kms',
  facts: facts('{"team":"studio","in":"kms"}', {
    format: 'v2-kms',
    wrapAlgorithm: 'KMS/ALICLOUD',
    wrapBits: 1200,
  }),
}
export const oldV1: Sealed = {
  state: 'encrypted',
  keyId: 'k1',
  keyName: 'Studio 2026',
  keyKind: 'rsa',
  facts: facts('', {
    format: 'v1',
    wrapAlgorithm: 'RSA/NONE/OAEPWithSHA-1AndMGF1Padding',
    wrapBits: 2048,
    plaintextMd5: true,
  }),
}
const messageFacts = facts('', {
  format: 'sdk-split',
  contentAlgorithm: 'AES-256-GCM',
  wrapAlgorithm: '',
  wrapBits: 0,
  cmks: [ARN, 'acs:kms:cn-shanghai:1234567890123456:key/0f4d2c1b-9a8e-4b6c-8d7f-112233445566'],
  context: { team: 'studio' },
  protection: 'tag',
})
export const split: Sealed = {
  state: 'encrypted',
  keyId: 'k7',
  keyName: 'Studio in KMS',
  keyKind: 'kms',
  facts: messageFacts,
}
export const whole: Sealed = {
  ...split,
  facts: { ...messageFacts, format: 'sdk-message', cmks: [ARN], context: {} },
}
export const foreignKms = {
  state: 'nokey',
  facts: facts('{"team":"payroll"}', {
    format: 'v2-kms',
    wrapAlgorithm: 'KMS/ALICLOUD',
    wrapBits: 1200,
  }),
} as const satisfies Encryption
export const foreignProgram = {
  state: 'nokey',
  facts: facts('{"hsm":"attic"}', {
    format: 'v2-custom',
    wrapAlgorithm: 'Attic/HSM',
    wrapBits: 512,
  }),
} as const satisfies Encryption
export const resplit: Sealed = {
  ...studio,
  facts: { ...studio.facts, resplit: { declared: 102400, actual: 1024000 } },
}
const torn: Encryption = {
  state: 'broken',
  header: 'x-oss-meta-client-side-encryption-start',
  problem: 'missing',
  present: [
    'x-oss-meta-client-side-encryption-key',
    'x-oss-meta-client-side-encryption-cek-alg',
    'x-oss-meta-client-side-encryption-wrap-alg',
  ],
}

export const row = (
  key: string,
  size: number,
  modified: string,
  storageClass = 'Standard',
): ObjectRow =>
  key.endsWith('/')
    ? { key, kind: 'folder', size: 0, modified: '', etag: '', storageClass: '' }
    : { key, kind: 'file', size, modified, etag: `"5B3C1A2E863D${key.length}86F5"`, storageClass }

const C = 'contracts/2026/'
const listed: readonly (readonly [string, number, string, string?, Encryption?])[] = [
  ['Q3 附件/', 0, ''],
  ['signed/', 0, ''],
  ['translations (drafts)/', 0, ''],
  [
    '2026-09-14_Master-Services-Agreement_Lanstone-Design_and_Hafenkontor-Logistik-GmbH_v7_signed.pdf',
    2412803,
    today('04:32'),
    'Standard',
    studio,
  ],
  [
    '杭州澜石设计有限公司年度服务框架合同（2026）补充协议三：数据处理与保密条款.docx',
    418e3,
    today('03:08'),
    'Standard',
    studio,
  ],
  ['db-dump-2026-11-20T02-00-00Z.sql.zst', 41.3e9, ago(1, '02:41'), 'IA', backups],
  ['🎉 release party 照片.zip', 1.86e9, ago(2, '18:20'), 'Standard', studio],
  ['payroll-2026-10.xlsx', 96200, ago(3, '09:05'), 'Standard', payroll],
  ['NDA Müller & Søn, ελληνική μετάφραση.pdf', 312e3, ago(4, '16:44'), 'Standard', studio],
  ['site-survey-lidar-block-17.e57', 18.7e9, ago(9, '21:13'), 'IA', backups],
  ['README.txt', 1240, ago(18, '10:00'), 'Standard', { state: 'plain' }],
  ['税务申报表-2026-Q3.xlsx', 73900, ago(24, '15:37'), 'Standard', studio],
  ['board-minutes-2026-08.pdf', 204e3, ago(80, '08:51'), 'Standard', torn],
  [
    'lease-renewal-Unit-4B.pdf',
    1.07e6,
    ago(83, '12:26'),
    'Standard',
    {
      state: 'later',
      format: 'sdk-sm4',
      facts: facts('', {
        format: 'sdk-sm4',
        contentAlgorithm: 'SM4-GCM',
        wrapAlgorithm: '',
        wrapBits: 0,
        cmks: [ARN],
        protection: 'tag',
      }),
    },
  ],
  ['平面图_一层_施工版_最终.png', 6.12e6, ago(102, '17:02'), 'Standard', studio],
  ['tender-documents-2026-07.tar.gz', 640e6, ago(125, '14:00'), 'Archive', backups],
  ['insurance-policy.pdf', 880e3, ago(168, '09:12'), 'Standard', studio],
  ['.DS_Store', 6150, ago(168, '09:12'), 'Standard', { state: 'plain' }],
]

const practiceRows = [
  row('letters/', 0, ''),
  row('photos/', 0, ''),
  row('anyone-can-read-this.txt', 212, today('00:30')),
  row('harbour-at-dawn.jpg', 3.42e6, today('00:30')),
  row('key-went-missing.txt', 1100, today('00:30')),
  row('torn-envelope.txt', 1100, today('00:30')),
  row('welcome (encrypted).txt', 1860, today('00:30')),
]

export const transfer = (over: Partial<Transfer> & Pick<Transfer, 'id' | 'name'>): Transfer => ({
  kind: 'upload',
  phase: 'running',
  target: 'contracts/2026',
  profileId: 'p1',
  bucket: 'lanstone-archive',
  key: `${C}${over.name}`,
  done: 0,
  total: 4100,
  partsDone: 0,
  parts: 1,
  speed: null,
  secondsLeft: null,
  retries: 0,
  keyName: 'Studio 2026',
  outcome: null,
  error: null,
  retryAt: null,
  restarted: null,
  files: null,
  batchId: null,
  changed: today('02:00'),
  order: 1,
  ...over,
})

/** One of 601,000 files, and two of them that have rows of their own. */
export const manyFiles: readonly Transfer[] = [
  transfer({
    id: 'b1',
    name: 'photos 1998–2026',
    order: 20,
    done: 81.2e9,
    total: 412e9,
    speed: 41.5e6,
    secondsLeft: 7971,
    files: { total: 601_000, counting: false, done: 1234, skipped: 12, failed: 1 },
  }),
  transfer({
    id: 'b1.7',
    batchId: 'b1',
    name: 'scan-0007.tif',
    order: 20,
    phase: 'needs-user',
    done: 0,
    total: 5e6,
    error: { code: 'object-exists', key: `${C}photos/scan-0007.tif` },
  }),
  transfer({
    id: 'b1.1301',
    batchId: 'b1',
    name: 'panorama.tif',
    order: 20,
    done: 3e9,
    total: 4e9,
    speed: 20e6,
    secondsLeft: 50,
    parts: 500,
    partsDone: 370,
  }),
]

const leftover = (over: Partial<Leftover> & Pick<Leftover, 'key' | 'uploadId'>): Leftover => ({
  startedHere: false,
  begun: ago(1, '18:20'),
  parts: 12,
  bytes: 100_663_296,
  dataSize: 1.2e9,
  encrypted: true,
  transferId: null,
  ...over,
})
/** Uploads of this computer, of others, of other programs, and one that was not checked. */
export const leftovers: readonly Leftover[] = [
  leftover({
    key: 'backups/db-dump-2026-10-02T02-00-00Z.sql.zst',
    uploadId: 'u1',
    begun: ago(57, '00:00'),
    parts: 4870,
    bytes: 40.9e9,
    dataSize: 41.3e9,
    startedHere: true,
  }),
  leftover({
    key: 'ingest/raw-footage-block-4.mov',
    uploadId: 'u2',
    begun: ago(23, '11:05'),
    parts: 310,
    bytes: 2.6e9,
    dataSize: null,
    encrypted: false,
  }),
  leftover({
    key: 'drawings/site-survey-lidar-block-18.e57',
    uploadId: 'u3',
    begun: ago(9, '09:40'),
    parts: 1106,
    bytes: 11.6e9,
    dataSize: 18.7e9,
    transferId: 't1',
  }),
  leftover({ key: '归档/设计评审录像（完整版）.mp4', uploadId: 'u4' }),
  leftover({
    key: 'contracts/2026/never-started.bin',
    uploadId: 'u5',
    parts: 0,
    bytes: 0,
    dataSize: 64e6,
  }),
  leftover({
    key: 'somebody/else.tar',
    uploadId: 'u6',
    begun: today('00:10'),
    parts: null,
    bytes: null,
    dataSize: null,
    encrypted: null,
  }),
]

export const transfers: readonly Transfer[] = [
  transfer({
    id: 't1',
    name: 'site-survey-lidar-block-18.e57',
    done: 11.6e9,
    total: 18.7e9,
    partsDone: 1106,
    parts: 1784,
    speed: 38.4e6,
    secondsLeft: 175,
  }),
  transfer({
    id: 't2',
    name: '设计评审纪要（含客户反馈与修改意见汇总）.docx',
    target: 'contracts/2026/Q3 附件',
    done: 7.2e6,
    total: 8.2e6,
    speed: 9.8e6,
    secondsLeft: 1,
    order: 2,
  }),
  transfer({
    id: 't3',
    name: 'db-dump-2026-11-20T02-00-00Z.sql.zst',
    kind: 'download',
    target: 'Downloads',
    phase: 'paused',
    done: 12.8e9,
    total: 41.3e9,
    order: 3,
    changed: today('02:21'),
  }),
  transfer({
    id: 't4',
    name: 'payroll-2026-10.xlsx',
    kind: 'download',
    target: 'Downloads',
    phase: 'needs-user',
    total: 96200,
    order: 4,
    error: { code: 'unknown-master-key', description: '{"team":"payroll"}' },
  }),
  transfer({ id: 't5', name: '👩‍💻 onboarding checklist.md', phase: 'waiting', order: 5 }),
  transfer({
    id: 't6',
    name: 'client-list.numbers',
    phase: 'failed',
    done: 5.1e6,
    total: 11e6,
    order: 6,
    error: { code: 'source-changed', path: '/Users/chenxi/client-list.numbers' },
  }),
  transfer({
    id: 't7',
    name: 'NDA Müller & Søn, ελληνική μετάφραση.pdf',
    kind: 'download',
    target: 'Downloads',
    phase: 'done',
    done: 312e3,
    total: 312e3,
    order: 7,
    changed: today('01:42'),
    outcome: {
      encrypted: true,
      checksum: 'matches',
      tag: 'none',
      savedAs: '/Users/chenxi/Downloads/NDA.pdf',
      skipped: false,
    },
  }),
  transfer({
    id: 't8',
    name: '税务申报表-2026-Q3.xlsx',
    phase: 'done',
    done: 73900,
    total: 73900,
    order: 8,
    changed: today('01:27'),
    outcome: { encrypted: true, checksum: 'matches', tag: 'none', savedAs: null, skipped: false },
  }),
  transfer({
    id: 't9',
    name: 'README.txt',
    kind: 'download',
    target: 'Downloads',
    phase: 'done',
    done: 1240,
    total: 1240,
    order: 9,
    changed: today('01:10'),
    outcome: {
      encrypted: false,
      checksum: 'matches',
      tag: 'none',
      savedAs: '/Users/chenxi/Downloads/README.txt',
      skipped: false,
    },
  }),
]

/** The studio's two accounts and the practice bucket: what most screens show. */
export function studioData(): FakeData {
  const encryption: Record<string, Encryption | null> = {
    'harbour-at-dawn.jpg': practice,
    'welcome (encrypted).txt': practice,
    'key-went-missing.txt': { state: 'nokey', facts: facts('{"use":"lost-2019"}') },
    'torn-envelope.txt': torn,
  }
  for (const [name, , , , state] of listed) if (state !== undefined) encryption[C + name] = state
  return {
    ledgerAsOf: '2026-11-03T10:00:00.000Z',
    app: {
      version: '0.1.0',
      language: null,
      shell: 'loopback',
      platform: 'linux',
      practice: {
        profileId: 'practice',
        bucket: 'practice-bucket',
        bytes: 11.2e6,
        samples: practiceRows
          .filter((row) => row.kind === 'file')
          .map(({ key, etag }) => ({ key, etag })),
      },
      problems: [],
    },
    settings: {
      theme: 'light',
      language: 'en',
      files: 4,
      parts: 3,
      multipartFrom: 32 * 1024 ** 2,
      partSize: 8 * 1024 ** 2,
      existing: 'ask',
      speedLimit: 0,
      trafficLimit: 0,
      window: null,
      onStart: 'continue',
      notifyEnd: true,
      notifyNames: false,
      showPractice: true,
      showGuide: false,
      guideSteps: [],
      closeKeysAfterUse: false,
      textEncodings: {},
      keepIndex: true,
    },
    secrets: {
      place: 'keychain',
      state: 'working',
      exists: false,
      checked: today('01:12'),
      lost: [],
    },
    profiles: [
      profile({ id: 'p1', name: 'Studio, Hangzhou', colour: 'jade', defaultKey: 'k1' }),
      profile({
        id: 'p2',
        name: 'Backups, Frankfurt',
        colour: 'plum',
        region: 'eu-central-1',
        endpoint: 'https://oss-eu-central-1.aliyuncs.com',
        bucketKeys: { 'eu-nightly': 'k2' },
      }),
      profile({
        id: 'practice',
        name: 'Practice',
        colour: 'gold',
        kind: 'practice',
        endpoint: 'http://127.0.0.1:4080',
        defaultKey: 'k6',
      }),
    ],
    buckets: {
      p1: [
        bucket('lanstone-archive'),
        bucket('lanstone-public-web'),
        bucket('lanstone-legal-hold-2021-cn-shanghai', 'cn-shanghai'),
      ],
      p2: [bucket('eu-nightly', 'eu-central-1')],
      practice: [bucket('practice-bucket')],
    },
    rows: {
      'lanstone-archive/': ['contracts/', 'payroll/', '设计稿/', '📷 site photos/'].map((name) =>
        row(name, 0, ''),
      ),
      'lanstone-archive/contracts/': [
        row('contracts/2024 ⟶ 2019 (scans)/', 0, ''),
        row('contracts/2025/', 0, ''),
        row('contracts/2026/', 0, ''),
      ],
      'lanstone-archive/contracts/2026/': listed.map(([name, size, modified, cls]) =>
        row(C + name, size, modified, cls),
      ),
      'practice-bucket/': practiceRows,
    },
    encryption,
    messages: {},
    keys,
    transfers: [],
    leftovers: [],
    edits: [],
    listed: [
      { id: CMK, arn: ARN, aliases: ['alias/studio'] },
      { id: '0f4d2c1b-9a8e-4b6c-8d7f-112233445566', arn: '', aliases: [] },
    ],
  }
}

/** A first start: only the practice bucket, and the guide. */
export function firstRunData(): FakeData {
  const all = studioData()
  return {
    ...all,
    profiles: all.profiles.filter((one) => one.kind === 'practice'),
    keys: all.keys.filter((one) => one.origin === 'sample'),
    settings: { ...all.settings, showGuide: true },
  }
}
