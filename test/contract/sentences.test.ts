import { describe, expect, test } from 'vitest'
import { sentence, technical, type Language } from '../../shared/contract/sentences/sentences.ts'
import { shown } from '../../shared/contract/sentences/sentences-words.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { SEAL_STATE, type SealReason } from '../../shared/contract/models-seals.ts'

/** One or more samples per code; the type makes a missing code a compile error. */
const SAMPLES: {
  readonly [C in AppError['code']]: readonly Extract<AppError, { readonly code: C }>[]
} = {
  'bad-request': [
    { code: 'bad-request', detail: 'x' },
    { code: 'bad-request', detail: 'profiles.session: buckets.0', rule: 'too-short', limit: 3 },
    { code: 'bad-request', detail: 'program' },
    ...(
      ['empty', 'too-short', 'too-long', 'too-small', 'too-large', 'too-many', 'not-text'] as const
    ).map((rule) => ({
      code: 'bad-request' as const,
      detail: 'keys.generate: name',
      rule,
      limit: 80,
    })),
  ],
  'bad-name': (['empty', 'slash', 'backslash', 'too-long', 'not-text'] as const).map((rule) => ({
    code: 'bad-name',
    name: rule === 'empty' ? '' : 'x',
    rule,
  })),
  'left-out': (
    [
      'symlink',
      'not-a-file',
      'unreadable',
      'gone',
      'name-not-utf8',
      'name-too-long',
      'name-not-allowed',
    ] as const
  ).flatMap((reason) =>
    [1, 2].map((count) => ({ code: 'left-out' as const, count, path: '/a', reason })),
  ),
  'one-key-for-two': [1, 3].map((count) => ({
    code: 'one-key-for-two',
    key: 'p/x',
    first: '/A/x',
    second: '/B/x',
    count,
  })),
  'file-damaged': [null, 'x.damaged'].map((kept) => ({
    code: 'file-damaged',
    path: '/data/x.json',
    kept,
  })),
  'weak-passphrase': [{ code: 'weak-passphrase', least: 8 }],
  cancelled: [{ code: 'cancelled' }],
  'bad-filter': (['invalid', 'too-slow'] as const).map((problem) => ({
    code: 'bad-filter',
    regex: '(',
    problem,
  })),
  index: (['damaged', 'disk', 'not-available'] as const).map((problem) => ({
    code: 'index',
    problem,
  })),
  'too-many': [{ code: 'too-many', limit: 100_000 }],
  unexpected: [{ code: 'unexpected', reference: 'a1b2' }],
  'not-found': (
    ['object', 'bucket', 'profile', 'master-key', 'transfer', 'grant', 'plan'] as const
  ).map((what) => ({ code: 'not-found', what, name: 'x' })),
  'already-open': [{ code: 'already-open', folder: '/data' }],
  'source-differs': [{ code: 'source-differs', path: '/a' }],
  'not-deleted': [{ code: 'not-deleted', count: 3, of: 1000, key: 'a/b' }],
  'name-taken': [{ code: 'name-taken', name: 'Studio' }],
  'not-an-envelope': [
    'key',
    'start',
    'cek-alg',
    'wrap-alg',
    'matdesc',
    'other',
    'x-oss-meta-client-side-encryption-start',
  ].flatMap((header) =>
    (['missing', 'invalid'] as const).map((problem) => ({
      code: 'not-an-envelope' as const,
      header,
      problem,
    })),
  ),
  'not-encrypted': (['key-named', 'was-encrypted'] as const).map((why) => ({
    code: 'not-encrypted',
    key: 'a/b',
    why,
  })),
  'seal-refused': (Object.keys(SEAL_STATE) as SealReason[]).flatMap((reason) => {
    const state = SEAL_STATE[reason]
    return state === 'intact' || state === 'unsealed'
      ? []
      : [{ code: 'seal-refused' as const, key: 'a/b', state, reason }]
  }),
  'second-key': (['damaged', 'newer', 'no-seal'] as const).map((problem) => ({
    code: 'second-key',
    key: 'a/b',
    problem,
  })),
  'not-sealed': (['plain', 'message', 'never-sealed'] as const).map((reason) => ({
    code: 'not-sealed',
    key: 'a/b',
    reason,
  })),
  'too-many-damaged': [{ code: 'too-many-damaged', count: 64 }],
  'bad-answer': (
    ['outside', 'order', 'name', 'not-asked', 'endless', 'too-large'] as const
  ).flatMap((problem) =>
    [
      ['a', 'b/'],
      ['', ''],
    ].map(([name = '', asked = '']) => ({ code: 'bad-answer' as const, problem, name, asked })),
  ),
  'target-blocked': (['folder', 'link', 'file', 'device'] as const).map((by) => ({
    code: 'target-blocked',
    path: '/a',
    by,
  })),
  'unsupported-format': (
    [
      'v1',
      'v2',
      'v2-kms',
      'v2-oaep',
      'v2-custom',
      'sdk-split',
      'sdk-message',
      'sdk-stream',
      'sdk-external',
      'sdk-sm4',
    ] as const
  ).map((format) => ({ code: 'unsupported-format', format })),
  'no-envelope': [{ code: 'no-envelope' }, { code: 'no-envelope', file: 'headers.txt' }],
  'envelope-file': (['several', 'missing', 'unreadable', 'cut', 'too-large'] as const).flatMap(
    (problem) =>
      ['', 'headers.txt'].map(
        (file) =>
          ({
            code: 'envelope-file',
            file,
            problem,
            header: 'client-side-encryption-key',
            count: 2,
          }) as const,
      ),
  ),
  'format-not-for-key': (['rsa', 'kms', 'command'] as const).map((kind) => ({
    code: 'format-not-for-key',
    format: 'sdk-split',
    kind,
  })),
  'message-damaged': (['header', 'content', 'ending', 'shape'] as const).map((part) => ({
    code: 'message-damaged',
    part,
  })),
  'kms-key': (['not-found', 'disabled', 'deleting', 'wrong-use', 'cannot-open'] as const).map(
    (problem) => ({ code: 'kms-key', name: 'Vault', problem, requestId: 'R' }),
  ),
  kms: (
    [
      [0, ''],
      [503, ''],
      [429, ''],
      [400, 'Rejected.Throttling'],
      [400, 'InvalidParameter'],
      [400, ''],
    ] as const
  ).map(([status, kmsCode]) => ({ code: 'kms', status, kmsCode, requestId: 'R' })),
  'command-failed': (
    [
      'not-started',
      'timed-out',
      'exited',
      'not-json',
      'wrong-length',
      'too-much',
      'not-wrapped',
      'refused',
    ] as const
  ).map((problem) => ({ code: 'command-failed', name: 'HSM', problem, detail: '30' })),
  'unknown-master-key': [
    { code: 'unknown-master-key', description: '' },
    { code: 'unknown-master-key', description: '{"team":"payroll"}' },
  ],
  'wrong-master-key': [
    ...[[], ['A'], ['A', 'B']].map((tried) => ({ code: 'wrong-master-key', tried }) as const),
    { code: 'wrong-master-key', tried: ['A'], bits: { envelope: 3072, keys: [2048] } },
  ],
  'no-master-key': [{ code: 'no-master-key' }],
  'key-not-usable': (['decrypt-only', 'public-half-only', 'weak', 'not-proven'] as const).map(
    (reason) => ({ code: 'key-not-usable', name: 'Old', reason }),
  ),
  'key-import': (
    [
      'not-a-key',
      'not-rsa',
      'needs-passphrase',
      'wrong-passphrase',
      'openssh-closed',
      'halves-differ',
      'too-short',
      'already-here',
      'too-large',
    ] as const
  ).map((problem) => ({ code: 'key-import', problem })),
  'recovery-sheet': (
    [
      ['no-code', 'scan.png'],
      ['unreadable', 'scan.heic'],
      ['damaged', ''],
      ['missing', '2, 3'],
      ['mixed', ''],
      ['too-few-shares', '1/2'],
      ['false-share', ''],
      ['other-key', '41ab0c9e77d21f50'],
    ] as const
  ).map(([problem, detail]) => ({ code: 'recovery-sheet', problem, detail })),
  'drill-report': [
    { code: 'drill-report', problem: 'unreadable' },
    { code: 'drill-report', problem: 'not-signed' },
  ],
  'key-proof-failed': [{ code: 'key-proof-failed', name: 'Old' }],
  'key-description': (
    [
      'not-json',
      'not-an-object',
      'value-not-text',
      'repeated-name',
      'too-long',
      'not-printable',
      'used-by',
    ] as const
  ).flatMap((problem) =>
    ['', 'team'].map((detail) => ({ code: 'key-description' as const, problem, detail })),
  ),
  'confirmation-differs': [{ code: 'confirmation-differs', name: 'Old' }],
  'key-opens-objects': [
    { code: 'key-opens-objects', name: 'Old', objects: 12_239, bytes: 6.71e12 },
  ],
  'key-is-default': [{ code: 'key-is-default', places: ['Studio', 'eu-nightly'] }],
  'source-changed': [{ code: 'source-changed', path: '/a' }],
  'not-on-disk': [
    { code: 'not-on-disk', names: ['image.png'] },
    { code: 'not-on-disk', names: ['a.png', 'b.png'] },
  ],
  'source-longer': [{ code: 'source-longer', path: '/proc/version', size: 0 }],
  'source-unreadable': [{ code: 'source-unreadable', path: '/a', reason: 'EACCES' }],
  'target-exists': [{ code: 'target-exists', path: '/a' }],
  'target-unwritable': (['EROFS', 'EFBIG'] as const).map((reason) => ({
    code: 'target-unwritable',
    path: '/a',
    reason,
  })),
  'disk-full': [
    { code: 'disk-full', path: '/a', needed: 0 },
    { code: 'disk-full', path: '/a', needed: 2_410_000 },
  ],
  'drop-broken-off': (['page', 'app', 'disk-full', 'unwritable'] as const).map((why) => ({
    code: 'drop-broken-off',
    files: 12,
    why,
  })),
  'would-run': [{ code: 'would-run', name: 'setup.exe' }],
  'not-opened': [{ code: 'not-opened', name: 'a.dwg' }],
  'name-not-local': [{ code: 'name-not-local', name: '../x' }],
  'keychain-locked': [{ code: 'keychain-locked' }],
  'keychain-missing': [{ code: 'keychain-missing' }],
  'secret-lost': [
    { code: 'secret-lost', name: 'Studio' },
    ...(['passphrase-file', 'data-folder'] as const).map((place) => ({
      code: 'secret-lost' as const,
      name: 'Studio',
      place,
    })),
  ],
  'passphrase-needed': [
    { code: 'passphrase-needed', exists: true },
    { code: 'passphrase-needed', exists: false },
  ],
  'wrong-passphrase': [{ code: 'wrong-passphrase' }],
  oss: (
    [
      [503, ''],
      [429, ''],
      [503, 'SlowDown'],
      [400, 'InvalidArgument'],
      [400, ''],
      [403, 'InvalidObjectState'],
      [404, 'NoSuchUpload'],
      [403, 'UserDisable'],
      [400, 'EntityTooLarge'],
      [409, 'FileImmutable'],
      [409, 'BucketAlreadyExists'],
      [400, 'RequestTimeout'],
    ] as const
  ).map(([status, ossCode]) => ({
    code: 'oss',
    status,
    ossCode,
    ec: '0001-00000001',
    message: 'm',
    requestId: 'R',
    retryAfterMs: 0,
  })),
  'access-denied': ['oss:PutObject', 'ListObjects', '', 'reading it', 'kms:Decrypt'].map(
    (action) => ({
      code: 'access-denied',
      action,
      ossCode: 'AccessDenied',
      ec: '0003-00000001',
      requestId: 'R',
    }),
  ),
  'bad-credentials': (['unknown-key-id', 'wrong-secret', 'expired'] as const).flatMap((reason) => [
    { code: 'bad-credentials' as const, reason, requestId: 'R' },
    { code: 'bad-credentials' as const, reason, requestId: 'R', service: 'kms' as const },
  ]),
  clock: [22, 1, -3, 0].map((minutes) => ({ code: 'clock', minutes, requestId: 'R' })),
  unreachable: [
    { code: 'unreachable', host: 'oss-cn-hangzhou.aliyuncs.com', reason: 'ETIMEDOUT' },
    {
      code: 'unreachable',
      host: 'kst-1.cryptoservice.kms.aliyuncs.com',
      reason: 'SELF_SIGNED_CERT_IN_CHAIN',
    },
    { code: 'unreachable', host: 'core', reason: 'CLOSED' },
  ],
  proxy: (
    [
      'setting',
      'insecure',
      'unreachable',
      'distrust',
      'login',
      'refused',
      'no-way',
      'not-a-proxy',
    ] as const
  ).map((problem) => ({
    code: 'proxy',
    problem,
    proxy: problem === 'setting' ? '' : 'proxy.example.com:3128',
    host: 'x',
    detail: 'ECONNREFUSED',
  })),
  'insecure-endpoint': [{ code: 'insecure-endpoint', endpoint: 'http://x' }],
  'bad-endpoint': [
    { code: 'bad-endpoint', endpoint: 'oss-accelerate.aliyuncs.com', problem: 'no-region' },
    { code: 'bad-endpoint', endpoint: '' },
    { code: 'bad-endpoint', endpoint: 'x y' },
  ],
  'object-changed': [{ code: 'object-changed', key: 'a' }],
  'object-exists': [{ code: 'object-exists', key: 'a' }],
  'rewrap-differs': [{ code: 'rewrap-differs', key: 'a', what: 'content-type' }],
  'copy-differs': [{ code: 'copy-differs', key: 'a', what: 'content-type' }],
  'metadata-too-large': [{ code: 'metadata-too-large', key: 'a', size: 9000, limit: 8192 }],
  'headers-differ': [{ code: 'headers-differ', key: 'a', kept: 'a.cipherbucket-00' }],
  'source-kept': [
    { code: 'source-kept', key: 'a', reason: 'changed', requestId: '' },
    { code: 'source-kept', key: 'a', reason: 'not-deleted', requestId: 'R' },
    { code: 'source-kept', key: 'a', reason: 'not-proven', requestId: '' },
  ],
  'envelope-lost': ['', 'content-length', 'x-oss-meta-client-side-encryption-key'].flatMap((what) =>
    [true, false].map((removed) => ({ code: 'envelope-lost' as const, key: 'a', what, removed })),
  ),
  'seal-denied': [
    ...['oss:PutObjectTagging', 'oss:GetObjectTagging'].map((action) => ({
      code: 'seal-denied' as const,
      key: 'a',
      why: 'permission' as const,
      action,
      requestId: 'R',
    })),
    { code: 'seal-denied', key: 'a', why: 'not-kept' },
    { code: 'seal-denied', key: 'a', why: 'no-room' },
  ],
  checksum: [{ code: 'checksum' }],
  'size-differs': [
    { code: 'size-differs', expected: 10, actual: 5 },
    { code: 'size-differs', expected: 5, actual: 10 },
    { code: 'size-differs', expected: 5, actual: 3, told: 'server' },
  ],
  'too-large': [{ code: 'too-large', limit: 262_144 }],
}

const ALL: readonly AppError[] = Object.values(SAMPLES).flat()
/**
 * The endings that a sentence may have, and the texts that it must never contain (screens.md 1.7
 * and 11).
 */
const RULES: readonly (readonly [Language, RegExp, RegExp])[] = [
  [
    'en',
    /^[A-Z/{\w].*[.]$/s,
    /undefined|null|NaN|\[object|\$\{| {2}|!|Oops|successfully|[\u4e00-\u9fff]|。/,
  ],
  ['zh-CN', /。$/, /undefined|null|NaN|\[object|\$\{| {2}|！|[,;!?] |[\u4e00-\u9fff][.,;:]/],
]

describe.each(RULES)('%s', (language, shape, never) => {
  test.each(ALL.map((error) => [JSON.stringify(error), error] as const))('%s', (_, error) => {
    const text = sentence(error, language)
    expect(text).toMatch(shape)
    expect(text).not.toMatch(never)
  })
})

test('every error says something of its own in each language', () => {
  for (const language of ['en', 'zh-CN'] as const) {
    const firsts = Object.values(SAMPLES).map((samples) =>
      sentence(samples[0] as AppError, language),
    )
    expect(new Set(firsts).size).toBe(firsts.length)
  }
})

test('the copy of screens.md 8 stands word for word', () => {
  expect(sentence({ code: 'clock', minutes: 22, requestId: '' }, 'en')).toBe(
    'This computer’s clock is 22 minutes behind OSS. Set the clock, then try again.',
  )
  expect(sentence({ code: 'wrong-master-key', tried: ['Studio 2026'] }, 'en')).toBe(
    'Studio 2026 does not open this object. Look for an older key with the same description, or ask the person who uploaded it.',
  )
  expect(sentence({ code: 'unknown-master-key', description: '{"team":"payroll"}' }, 'zh-CN')).toBe(
    '没有主密钥使用此描述。请导入描述为 {"team":"payroll"} 的密钥。',
  )
  expect(sentence({ code: 'size-differs', expected: 12_100_000, actual: 10_000_000 }, 'en')).toBe(
    'The file is 2.1 MB shorter than its encryption headers say. Download it again.',
  )
})

test.each([
  ['mac', '钥匙串'],
  ['windows', '凭据管理器'],
  ['linux', '密钥环'],
] as const)('on %s the keychain is called %s in Chinese', (platform, name) => {
  const errors: readonly AppError[] = [
    { code: 'keychain-locked' },
    { code: 'keychain-missing' },
    { code: 'secret-lost', name: 'a' },
    { code: 'passphrase-needed', exists: false },
  ]
  for (const error of errors) {
    expect(sentence(error, 'zh-CN', platform)).toContain(name)
    expect(sentence(error, 'en', platform)).toContain('keychain')
  }
})

test.each([
  ['studio.oss-cn-hangzhou.aliyuncs.com', true],
  ['https://studio.oss-cn-hangzhou-internal.aliyuncs.com/', true],
  ['studio.cn-hangzhou.oss.aliyuncs.com', true],
  ['oss-cn-hangzhou.aliyuncs.com', false],
  ['oss-cn-hangzhou', false],
  ['http://', false],
  ['', false],
])('the endpoint %j is said to hold a bucket name: %j', (endpoint, holds) => {
  expect(
    sentence({ code: 'bad-endpoint', endpoint }, 'en').includes('Leave out the bucket name'),
  ).toBe(holds)
  expect(sentence({ code: 'bad-endpoint', endpoint }, 'zh-CN').includes('请去掉 Bucket 名称')).toBe(
    holds,
  )
})

test('names cannot act: control and bidi characters become visible, long names are cut', () => {
  expect(shown('a\u001b[2Jb\n')).toBe('a␛[2Jb␊')
  expect(shown('x\u202egpj.exe')).toBe('x⟨RLO⟩gpj.exe')
  expect([...shown('x'.repeat(1023))]).toHaveLength(80)
})

test('technical facts name the code and what OSS calls it, and nothing a user typed', () => {
  expect(
    technical({
      code: 'oss',
      status: 503,
      ossCode: 'SlowDown',
      ec: '',
      message: 'm',
      requestId: 'R1',
      retryAfterMs: 0,
    }),
  ).toBe('oss · 503 · SlowDown · R1')
  expect(
    technical({ code: 'kms', status: 400, kmsCode: 'InvalidParameter', requestId: 'R2' }),
  ).toBe('kms · 400 · InvalidParameter · R2')
  expect(technical({ code: 'command-failed', name: 'HSM', problem: 'exited', detail: '1' })).toBe(
    'command-failed · exited',
  )
  expect(technical({ code: 'unreachable', host: 'secret-host', reason: 'ETIMEDOUT' })).toBe(
    'unreachable · ETIMEDOUT',
  )
  expect(technical({ code: 'source-unreadable', path: '/home/x', reason: 'EACCES' })).toBe(
    'source-unreadable · EACCES',
  )
})

test('a file that is too large for its disk is told as that, and not as a folder without rights', () => {
  const error: AppError = { code: 'target-unwritable', path: '/usb/film.mkv', reason: 'EFBIG' }
  expect([sentence(error, 'en'), sentence(error, 'zh-CN')]).toEqual([
    '/usb/film.mkv is too large for its disk (EFBIG): a disk in FAT32 format holds files of up to 4 GiB. Choose a folder on another disk.',
    '/usb/film.mkv 超出所在磁盘允许的文件大小（EFBIG）：FAT32 格式的磁盘最大支持 4 GiB 的文件。请选择其他磁盘上的文件夹。',
  ])
})
