import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MasterKey, WriteFormat } from '../../shared/contract/models.ts'
import type { Transfer, UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

let f: Fixture
let cloud: MasterKey
const at = { profileId: 'practice', bucket: 'practice-bucket' }
const kms = () => f.practice.kms
const content = randomBytes(250_000)
const actions = () =>
  kms()
    .log.entries()
    .map(({ action }) => action)
const place = () => ({
  region: kms().region,
  endpoint: kms().endpoint,
  credential: { kind: 'profile' as const, profileId: 'practice' },
})
const named = (name: string, description = '') => ({ name, description, style: 'compact' as const })
const addKms = (change: Partial<In<'keys.addKms'>> = {}) =>
  f.call('keys.addKms', {
    ...named('Cloud'),
    ...place(),
    cmkId: kms().cmkId,
    context: '',
    passphrase: null,
    writes: 'v2',
    ...change,
  })

beforeEach(async () => {
  f = await openFixture()
  cloud = await addKms()
  kms().log.clear()
})
afterEach(() => f.close())

async function grant(path: string, write = false): Promise<string> {
  if (write) await mkdir(path, { recursive: true })
  const [granted] = await f.call('local.grant', { paths: [path], write })
  return granted?.id ?? ''
}
async function upload(
  key: string,
  keyId: string,
  format: WriteFormat | null = null,
  bytes: Buffer = content,
): Promise<Transfer | undefined> {
  await writeFile(join(f.folder, 'source'), bytes)
  const ready = new Promise<UploadPlan>((resolve) =>
    f.bridge.on('plan.changed', (one) => one.phase !== 'counting' && resolve(one)),
  )
  await f.call('uploads.plan', {
    ...at,
    prefix: '',
    grants: [await grant(join(f.folder, 'source'))],
  })
  const ids = await f.call('uploads.start', {
    planId: (await ready).id,
    keyId,
    existing: 'replace',
    decisions: {},
    allowWeak: false,
    partSize: 102_400,
    parallel: null,
    toKey: key,
    format,
  })
  return (await f.ended(ids))[0]
}
async function fetched(
  key: string,
  change: Partial<In<'downloads.start'>> = {},
): Promise<Transfer | undefined> {
  const ids = await f.call('downloads.start', {
    ...at,
    keys: [key],
    target: await grant(join(f.folder, 'down'), true),
    fileName: 'out',
    existing: 'replace',
    raw: false,
    keyIds: [],
    range: null,
    message: false,
    repair: false,
    ...change,
  })
  return (await f.ended(ids))[0]
}
const here = (name = 'out') => readFile(join(f.folder, 'down', name))

const FORMATS: readonly (readonly [WriteFormat, string, string])[] = [
  ['v2', 'v2-kms', 'none'],
  ['v2-kms-b', 'v2-kms', 'none'],
  ['v1', 'v1', 'none'],
  ['sdk-split', 'sdk-split', 'verified'],
  ['sdk-message', 'sdk-message', 'verified'],
]
test.each(FORMATS)('%s: up, seen as %s, down, a range, and offline', async (format, seen, tag) => {
  expect(await upload('o', cloud.id, format)).toMatchObject({
    phase: 'done',
    error: null,
    keyName: 'Cloud',
    outcome: { encrypted: true, checksum: 'matches' },
  })
  const whole = format === 'sdk-message'
  const facts = await f.call('objects.facts', { ...at, key: 'o' })
  const encryption = whole ? await f.call('objects.sniff', { ...at, key: 'o' }) : facts.encryption
  expect(encryption).toMatchObject({
    state: 'encrypted',
    keyId: cloud.id,
    keyName: 'Cloud',
    keyKind: 'kms',
    facts: { format: seen, cmks: tag === 'verified' ? [kms().cmkArn] : [] },
  })
  expect([facts.metadata, facts.encryption.state]).toEqual([{}, whole ? 'plain' : 'encrypted'])
  expect(
    (
      await f.call('objects.encryption', {
        ...at,
        objects: [{ key: 'o', etag: facts.etag, modified: facts.modified }],
      })
    )[0],
  ).toEqual(facts.encryption)
  if (!whole) expect(await f.call('objects.sniff', { ...at, key: 'o' })).toBeNull()
  expect(await f.call('objects.tryKeys', { ...at, key: 'o' })).toEqual({
    keyId: cloud.id,
    keyName: 'Cloud',
  })

  expect(await fetched('o', { message: whole })).toMatchObject({
    phase: 'done',
    error: null,
    keyName: 'Cloud',
    outcome: { encrypted: true, checksum: 'matches', tag },
  })
  expect((await here()).equals(content)).toBe(true)
  expect(
    await fetched('o', { message: whole, range: { offset: 1001, length: 5000 } }),
  ).toMatchObject({ phase: 'done', outcome: { tag: tag === 'none' ? 'none' : 'not-verified' } })
  expect((await here()).equals(content.subarray(1001, 6001))).toBe(true)

  expect(await fetched('o', { raw: true, fileName: 'raw' })).toMatchObject({ phase: 'done' })
  const blob = await grant(join(f.folder, 'down', 'raw'))
  const item = await f.call('offline.inspect', { blob, envelope: null, envelopeText: null })
  expect(item).toMatchObject({
    error: null,
    envelope: { source: whole ? 'inside' : 'beside', grant: null },
    encryption: { state: 'encrypted', keyName: 'Cloud', keyKind: 'kms' },
  })
  kms().log.clear()
  const before = f.practice.log.entries().length
  const id = await f.call('offline.start', {
    blob,
    envelope: null,
    envelopeText: whole ? '{}' : null,
    keyIds: [],
    target: await grant(join(f.folder, 'plain'), true),
    fileName: 'plain',
    existing: 'fail',
    repair: false,
  })
  expect((await f.ended([id]))[0]).toMatchObject({ phase: 'done', error: null, outcome: { tag } })
  expect((await readFile(join(f.folder, 'plain', 'plain'))).equals(content)).toBe(true)
  // KMS and nobody else.
  expect(f.practice.log.entries().length).toBe(before)
  expect(new Set(actions())).toEqual(new Set(['Decrypt']))
})

test('an RSA blob opens offline without a call to anybody; a bad envelope is not taken for a message', async () => {
  await f.call('keys.remove', { id: cloud.id, confirmName: 'Cloud', successorId: null })
  const sample = 'welcome (encrypted).txt'
  expect(await fetched(sample, { raw: true, fileName: 'raw' })).toMatchObject({ phase: 'done' })
  const blob = await grant(join(f.folder, 'down', 'raw'))
  const [before, target] = [
    f.practice.log.entries().length,
    await grant(join(f.folder, 'plain'), true),
  ]
  const start = (change: Partial<In<'offline.start'>>) =>
    f.bridge.call('offline.start', {
      blob,
      envelope: null,
      envelopeText: null,
      keyIds: [],
      target,
      fileName: 'a',
      existing: 'replace',
      repair: false,
      ...change,
    })
  const started = await start({})
  expect(started).toMatchObject({ ok: true })
  expect(await f.ended([started.ok ? started.value : ''])).toMatchObject([{ phase: 'done' }])
  for (const text of ['{}', '', 'nothing', '[]']) {
    expect(await start({ envelopeText: text }), text).toMatchObject({
      ok: false,
      error: { code: 'no-envelope' },
    })
    expect(
      await f.call('offline.inspect', { blob, envelope: null, envelopeText: text }),
    ).toMatchObject({
      envelope: { source: 'pasted' },
      encryption: null,
      error: { code: 'no-envelope' },
    })
  }
  expect([f.practice.log.entries().length, actions()]).toEqual([before, []])
})

describe('what KMS opened', () => {
  test('is asked for once per object, and again after the keys change', async () => {
    await upload('o', cloud.id)
    const look = () => f.preview({ ...at, key: 'o', offset: 0, length: 16, keyId: null })
    const decrypts = async () => {
      kms().log.clear()
      await look()
      return actions().length
    }
    expect([await decrypts(), await decrypts(), await decrypts()]).toEqual([2, 0, 0])
    // Another envelope under the same name is another matter.
    await upload('o', cloud.id)
    expect([await decrypts(), await decrypts()]).toEqual([2, 0])
    await f.call('keys.update', {
      id: cloud.id,
      ...named('Cloud'),
      state: 'decrypt-only',
      writes: 'v2',
    })
    expect(await decrypts()).toBe(2)
    await f.call('settings.update', { closeKeysAfterUse: true })
    await look()
    expect([await decrypts(), await decrypts()]).toEqual([2, 2])
  })

  test('is not opened any more by a key that was removed', async () => {
    await upload('o', cloud.id)
    expect(await fetched('o')).toMatchObject({ phase: 'done' })
    await f.call('keys.remove', { id: cloud.id, confirmName: 'Cloud', successorId: null })
    expect(await fetched('o')).toMatchObject({
      phase: 'needs-master-key',
      error: { code: 'unknown-master-key' },
    })
  })
})

test('wrong context, wrong key, disabled, throttled, down: each is told as what it is, and nothing is written', async () => {
  await upload('bound', (await addKms({ ...named('Bound'), context: '{"a":"b"}' })).id)
  await upload('o', cloud.id)
  await upload('split', cloud.id, 'sdk-split')
  const cases: readonly (readonly [string, string, object, () => void])[] = [
    [
      'another context',
      'bound',
      { code: 'kms-key', name: 'Cloud', problem: 'cannot-open' },
      () => undefined,
    ],
    [
      'disabled',
      'o',
      { code: 'kms-key', name: 'Cloud', problem: 'disabled' },
      () => kms().setState(kms().cmkId, 'Disabled'),
    ],
    [
      'throttled',
      'o',
      { code: 'kms', kmsCode: 'Rejected.Throttling' },
      () =>
        kms().faults.add({
          match: { action: 'Decrypt' },
          do: { kind: 'status', status: 429, code: 'Rejected.Throttling' },
          times: 99,
        }),
    ],
    [
      'forbidden',
      'o',
      { code: 'access-denied', action: 'kms:Decrypt' },
      () =>
        kms().faults.add({
          match: { action: 'Decrypt' },
          do: { kind: 'status', status: 403, code: 'Forbidden.NoPermission' },
          times: 99,
        }),
    ],
    [
      'forbidden, a message',
      'split',
      { code: 'access-denied', action: 'kms:Decrypt' },
      () =>
        kms().faults.add({
          match: { action: 'Decrypt' },
          do: { kind: 'status', status: 403, code: 'Forbidden.NoPermission' },
          times: 99,
        }),
    ],
  ]
  for (const [name, key, error, cue] of cases) {
    kms().reset()
    cue()
    const ended = await fetched(key, { keyIds: [cloud.id], fileName: 'never' })
    expect([name, ended?.phase, ended?.error]).toEqual([
      name,
      expect.stringMatching(/^(failed|needs-)/),
      expect.objectContaining(error),
    ])
  }
  expect(
    (await readdir(join(f.folder, 'down')).catch(() => [])).filter((file) =>
      file.includes('never'),
    ),
  ).toEqual([])
})

test('of several keys the next is tried, and a wrong one is less news than a silent one', async () => {
  const { id, arn } = kms().createKey()
  const other = await addKms({ ...named('Other', '{"kms":"2"}'), cmkId: id, context: '{"a":"b"}' })
  expect(other.kms).toMatchObject({ arn })
  await upload('o', cloud.id)
  expect(await fetched('o', { keyIds: [other.id, cloud.id] })).toMatchObject({
    phase: 'done',
    keyName: 'Cloud',
  })
  // A failure that another time may not be: told rather than that the other key does not fit.
  await f.call('keys.remove', { id: cloud.id, confirmName: 'Cloud', successorId: null })
  const silent = await f.call('keys.sessionKms', {
    ...place(),
    endpoint: 'http://127.0.0.1:1',
    cmkId: '',
    context: '',
    passphrase: null,
    description: '',
    style: 'compact',
    writes: 'v2',
  })
  expect(await fetched('o', { keyIds: [other.id, silent.id] })).toMatchObject({
    error: { code: 'unreachable' },
  })
  expect(await fetched('o', { keyIds: [other.id] })).toMatchObject({
    error: { code: 'kms-key', name: 'Other', problem: 'cannot-open' },
  })
})

test('plain objects are not messages, and messages that cannot be read are named', async () => {
  expect(await f.call('objects.sniff', { ...at, key: 'anyone-can-read-this.txt' })).toBeNull()
  expect(
    await f.bridge.call('objects.tryKeys', { ...at, key: 'anyone-can-read-this.txt' }),
  ).toMatchObject({ ok: false, error: { code: 'not-found' } })
  expect(await f.bridge.call('objects.sniff', { ...at, key: 'nothing' })).toMatchObject({
    ok: false,
    error: { code: 'not-found' },
  })
  expect(
    await f.preview({
      ...at,
      key: 'anyone-can-read-this.txt',
      offset: 0,
      length: 6,
      keyId: cloud.id,
    }),
  ).toMatchObject({ encrypted: false })
})

test('keys elsewhere behind the routes: defaults, formats, removal with a successor, no backup', async () => {
  await f.call('profiles.setDefaultKey', {
    profileId: 'practice',
    bucket: at.bucket,
    keyId: cloud.id,
  })
  expect(await upload('o', cloud.id)).toMatchObject({ phase: 'done' })
  expect(await f.call('keys.list', {})).toMatchObject([
    { origin: 'sample' },
    { name: 'Cloud', kind: 'kms', defaultFor: [{ profileId: 'practice', bucket: at.bucket }] },
  ])
  const refused = async (name: 'keys.backup' | 'keys.exportPublic') => {
    const target = await grant(join(f.folder, 'keys'), true)
    return f.bridge.call(name, { id: cloud.id, target, fileName: 'k.pem', passphrase: 'x' })
  }
  for (const name of ['keys.backup', 'keys.exportPublic'] as const)
    expect(await refused(name)).toMatchObject({
      ok: false,
      error: { code: 'key-not-usable', reason: 'not-here' },
    })
  expect(
    await f.bridge.call('keys.remove', { id: cloud.id, confirmName: 'Cloud', successorId: null }),
  ).toMatchObject({ error: { code: 'key-is-default' } })
  const second = await addKms({ ...named('Second'), context: '{"a":"b"}', writes: 'sdk-message' })
  await f.call('keys.remove', { id: cloud.id, confirmName: 'Cloud', successorId: second.id })
  expect(await upload('m', second.id)).toMatchObject({ phase: 'done', keyName: 'Second' })
  expect(await f.call('objects.sniff', { ...at, key: 'm' })).toMatchObject({
    state: 'encrypted',
    keyName: 'Second',
    facts: { context: { a: 'b' }, protection: 'tag' },
  })
  expect(
    await f.preview({ ...at, key: 'm', offset: 0, length: 9, keyId: second.id }),
  ).toMatchObject({ encrypted: true })
  await f.call('secrets.unlock', { passphrase: 'of the secrets here' })
  const started = await f.bridge.call('keys.updateKms', {
    id: second.id,
    ...place(),
    context: '',
    passphrase: 'p',
    keepPassphrase: false,
  })
  expect(started).toMatchObject({ ok: true, value: { kms: { hasPassphrase: true, context: {} } } })
})

test('a program as master key: added by a grant, proven, and it opens what it sealed', async () => {
  const [node, script] = [
    await grant(process.execPath),
    fileURLToPath(new URL('command-program.mjs', import.meta.url)),
  ]
  const add = (name: string, mode: string) =>
    f.bridge.call('keys.addCommand', {
      ...named(name, `{"program":"${name}"}`),
      program: node,
      args: [script, mode, f.folder],
      wrapAlgorithm: 'X/TEST',
      timeoutSeconds: 20,
    })
  expect(await add('Bad', 'nobody knows this mode')).toMatchObject({
    ok: false,
    error: { code: 'command-failed', name: 'Bad' },
  })
  expect(
    await f.bridge.call('keys.addCommand', {
      ...named('Rsa'),
      program: node,
      args: [],
      wrapAlgorithm: 'RSA/NONE/PKCS1Padding',
      timeoutSeconds: 1,
    }),
  ).toMatchObject({ error: { code: 'bad-request' } })
  const added = await add('Program', 'good')
  if (!added.ok) return expect.fail(JSON.stringify(added.error))
  expect(added.value).toMatchObject({
    kind: 'command',
    writes: 'v2',
    bits: 0,
    hasPrivate: true,
    kms: null,
    command: { args: [script, 'good', f.folder], wrapAlgorithm: 'X/TEST', timeoutSeconds: 20 },
  })
  expect(await upload('p', added.value.id)).toMatchObject({ phase: 'done', keyName: 'Program' })
  expect((await f.call('objects.facts', { ...at, key: 'p' })).encryption).toMatchObject({
    state: 'encrypted',
    keyKind: 'command',
    facts: { format: 'v2-custom', wrapAlgorithm: 'X/TEST' },
  })
  expect(await fetched('p')).toMatchObject({ phase: 'done', keyName: 'Program' })
  expect((await here()).equals(content)).toBe(true)
  const again = await f.restart()
  f = again
  expect(await f.call('keys.prove', { id: added.value.id })).toMatchObject({ name: 'Program' })
  await f.call('keys.remove', { id: added.value.id, confirmName: 'Program', successorId: null })
  expect((await f.call('objects.facts', { ...at, key: 'p' })).encryption).toMatchObject({
    state: 'nokey',
  })
})
