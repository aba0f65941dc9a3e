import { generateKeyPairSync } from 'node:crypto'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openProfiles } from '../../electron/core/app/profiles/profiles.ts'
import { openDefaultKeys } from '../../electron/core/app/profiles/default-keys.ts'
import type { SecretStore } from '../../electron/core/store/secrets/secret-store.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { ok, valueOf } from '../../shared/contract/errors.ts'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import { memoryTexts, memorySecrets } from '../ports/stores.ts'

let f: Fixture
beforeEach(async () => void (f = await openFixture()))
afterEach(() => f.close())

const fieldsOf = ({ practice }: Fixture) => ({
  name: 'Mine',
  colour: 'blue' as const,
  endpoint: practice.endpoint,
  region: practice.region,
  accessKeyId: practice.accessKeyId,
  buckets: [],
  credential: {
    kind: 'typed' as const,
    accessKeySecret: practice.accessKeySecret,
    securityToken: '',
  },
})

test('a key file that was dropped is looked at, tried with passphrases and imported; then its copy is gone', async () => {
  await f.call('secrets.unlock', { passphrase: 'correct horse' })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const path = join(f.folder, 'dropped.pem')
  await writeFile(
    path,
    privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' }),
  )
  const grant = valueOf(await f.core.grants.forSpool(path)).id
  await expect(f.call('keys.inspect', { grant, passphrase: null })).rejects.toMatchObject({
    error: { problem: 'needs-passphrase' },
  })
  await expect(f.call('keys.inspect', { grant, passphrase: 'wrong' })).rejects.toMatchObject({
    error: { problem: 'wrong-passphrase' },
  })
  expect((await f.call('keys.inspect', { grant, passphrase: 'right' })).hasPrivate).toBe(true)
  const fields = {
    grant,
    name: 'Dropped',
    description: '',
    style: 'compact' as const,
    use: 'active' as const,
  }
  await expect(f.call('keys.import', { ...fields, passphrase: 'wrong' })).rejects.toMatchObject({
    error: { problem: 'wrong-passphrase' },
  })
  expect((await f.call('keys.import', { ...fields, passphrase: 'right' })).name).toBe('Dropped')
  await expect
    .poll(() =>
      stat(path).then(
        () => 'there',
        () => 'gone',
      ),
    )
    .toBe('gone')
})

test('removing a profile ends its transfers while they can still be tidied up', async () => {
  await f.call('secrets.unlock', { passphrase: 'correct horse' })
  const key = await f.call('keys.generate', {
    name: 'Mine',
    bits: 2048,
    description: '',
    style: 'compact',
  })
  const profile = await f.call('profiles.session', fieldsOf(f))
  const wire = openHttpClient()
  try {
    const { endpoint, region, accessKeyId, accessKeySecret, bucket } = f.practice
    const oss: Oss = openOss(
      {
        endpoint,
        region,
        credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
      },
      wire,
    )
    const left = async () =>
      (await listUploads(oss, { bucket, prefix: '' }, new AbortController().signal)).length
    await mkdir(join(f.folder, 'in'))
    await writeFile(join(f.folder, 'in', 'big.bin'), Buffer.alloc(2 * 1024 * 1024, 7))
    const grants = await f.call('local.grant', {
      paths: [join(f.folder, 'in', 'big.bin')],
      write: false,
    })
    const ready = new Promise<UploadPlan>((resolve) =>
      f.bridge.on('plan.changed', (one) => one.phase === 'ready' && resolve(one)),
    )
    const { id: planId } = await f.call('uploads.plan', {
      profileId: profile.id,
      bucket,
      prefix: '',
      grants: grants.map(({ id }) => id),
    })
    await ready
    // Parts stay under way for as long as the test needs them to.
    f.practice.faults.add({
      match: { method: 'PUT', query: 'partNumber' },
      do: { kind: 'delay', ms: 60_000 },
      times: 100,
    })
    await f.call('uploads.start', {
      planId,
      keyId: key.id,
      existing: 'ask',
      decisions: {},
      allowWeak: false,
      partSize: 102_400,
      parallel: 1,
      toKey: null,
      format: null,
    })
    await expect.poll(left).toBe(1)
    await f.call('profiles.remove', { id: profile.id })
    expect(await left()).toBe(0)
    expect(await f.call('transfers.list', {})).toEqual([])
  } finally {
    f.practice.faults.clear()
    wire.close()
  }
})

test('whoever signs while a profile is edited gets one account or the other, never half of each', async () => {
  const inner = memorySecrets()
  const seen: (readonly [string, string])[] = []
  const texts = memoryTexts()
  const look = async (): Promise<void> => {
    for (const { id } of profiles.list()) {
      const { accessKeyId, accessKeySecret } = valueOf(await profiles.credentials(id))
      seen.push([accessKeyId, accessKeySecret])
    }
  }
  const secrets: SecretStore = {
    ...inner,
    async set(account, value) {
      const kept = await inner.set(account, value)
      await look()
      return kept
    },
  }
  const profiles = await openProfiles({
    texts,
    secrets,
    defaults: await openDefaultKeys(texts),
    practice: null,
    findAccounts: async () => [],
  })
  const fields = (accessKeyId: string, accessKeySecret: string) => ({
    ...fieldsOf(f),
    accessKeyId,
    credential: { kind: 'typed' as const, accessKeySecret, securityToken: '' },
  })
  const { id } = valueOf(await profiles.add(fields('id-1', 'secret-1'), 'stored'))
  await look()
  valueOf(await profiles.update(id, fields('id-2', 'secret-2')))
  await look()
  valueOf(await profiles.update(id, { ...fields('id-3', ''), credential: { kind: 'keep' } }))
  await look()
  expect(seen).toEqual([
    ['id-1', 'secret-1'],
    ['id-2', 'secret-2'],
    ['id-2', 'secret-2'],
    ['id-3', 'secret-2'],
    ['id-3', 'secret-2'],
  ])
})

test('with "close keys after use", looking at an object leaves no private key open', async () => {
  await f.call('secrets.unlock', { passphrase: 'correct horse' })
  const key = await f.call('keys.generate', {
    name: 'Mine',
    bits: 2048,
    description: '{"of":"me"}',
    style: 'compact',
  })
  await f.call('settings.update', { closeKeysAfterUse: true })
  const at = { profileId: 'practice', bucket: f.practice.bucket }
  await writeFile(join(f.folder, 'a.txt'), 'text')
  const grants = await f.call('local.grant', { paths: [join(f.folder, 'a.txt')], write: false })
  const ready = new Promise<UploadPlan>((resolve) =>
    f.bridge.on('plan.changed', (one) => one.phase === 'ready' && resolve(one)),
  )
  const { id: planId } = await f.call('uploads.plan', {
    ...at,
    prefix: '',
    grants: grants.map(({ id }) => id),
  })
  await ready
  const ids = await f.call('uploads.start', {
    planId,
    keyId: key.id,
    existing: 'ask',
    decisions: {},
    allowWeak: false,
    partSize: null,
    parallel: null,
    toKey: null,
    format: null,
  })
  expect((await f.ended(ids))[0]?.phase).toBe('done')
  const look = () => f.preview({ ...at, key: 'a.txt', offset: 0, length: 10, keyId: null })
  expect((await look()).text).toBe('text')
  // A key that is open in memory needs no file; a locked one does.
  await rm(join(f.folder, 'data', 'state', `private-half.${key.id}.json`))
  await expect(look()).rejects.toMatchObject({ error: { code: 'secret-lost' } })
})
