import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openVault, type FoundRecord, type Vault } from '../../../electron/core/app/vault/vault.ts'
import { rsaMasterKey } from '../../../electron/core/keys/rsa-master-key.ts'
import type { HeardHead } from '../../../electron/core/oss/object-listener.ts'
import { fail, ok } from '../../../shared/contract/errors.ts'

/** The vault of one computer: what it notes, when it writes, and under which key. */

const PREFIX = 'x-oss-meta-client-side-encryption-'
const PEM = readFileSync(new URL('../../vectors/format-example.pem', import.meta.url))

interface TestKey {
  readonly id: string
  readonly pem: string | Buffer
  readonly bits: number
  readonly origin: string
}
const ARCH: TestKey = { id: 'arch', pem: PEM, bits: 2048, origin: 'generated' }
const LARGE: TestKey = {
  id: 'large',
  pem: generateKeyPairSync('rsa', {
    modulusLength: 3072,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey,
  bits: 3072,
  origin: 'generated',
}

let folder: string
let keys: readonly TestKey[]
let isLocked: boolean
let vault: Vault
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vault-'))
  ;[keys, isLocked] = [[ARCH], false]
  vault = opened()
})
afterEach(async () => {
  await vault.close()
  rmSync(folder, { recursive: true, force: true })
})

function opened(): Vault {
  const catalog = {
    list: async () =>
      keys.map(({ id, bits, origin }) => ({
        id,
        name: id,
        kind: 'rsa',
        hasPrivate: true,
        origin,
        bits,
      })) as never,
    handle: async (id: string) => {
      const key = keys.find((one) => one.id === id)
      if (isLocked || key === undefined) return fail({ code: 'keychain-locked' } as const)
      return ok(
        rsaMasterKey({
          id,
          name: id,
          description: '',
          writes: 'v2',
          privateKey: createPrivateKey(key.pem),
          publicKey: createPublicKey(key.pem),
        }),
      )
    },
    match: () => null,
  }
  return openVault({
    catalog,
    folder: join(folder, 'vault'),
    hashes: join(folder, 'hashes'),
    now: () => 5,
    masked: (cause) => {
      throw cause
    },
    afterUse: () => undefined,
  })
}

const head = (over: Partial<HeardHead> = {}, wrappedBytes = 256): HeardHead => ({
  size: 5,
  etag: 'E',
  crc64: '9',
  versionId: null,
  headers: new Map([
    [`${PREFIX}key`, Buffer.alloc(wrappedBytes, 7).toString('base64')],
    [`${PREFIX}start`, Buffer.alloc(wrappedBytes, 8).toString('base64')],
    [`${PREFIX}cek-alg`, 'AES/CTR/NoPadding'],
    [`${PREFIX}wrap-alg`, 'RSA/NONE/PKCS1Padding'],
    ['x-oss-meta-note', 'e\u0301'],
    ['content-type', 'text/plain'],
    ['date', 'today'],
  ]),
  ...over,
})
const at = (key: string) => ({ bucket: 'b', key })
const found = async (): Promise<readonly FoundRecord[]> => {
  const all: FoundRecord[] = []
  await vault.read((one) => void all.push(one))
  return all
}
const segments = (): readonly string[] => {
  try {
    return readdirSync(join(folder, 'vault'))
  } catch {
    return []
  }
}

test('user metadata is kept, and no other header', async () => {
  vault.listener.looked(at('a'), head())
  expect(await found()).toMatchObject([
    { keyName: 'arch', record: { bucket: 'b', key: 'a', size: 5, crc64: '9', from: 5, to: 5 } },
  ])
  expect(Object.keys((await found())[0]?.record.headers ?? {}).toSorted()).toEqual([
    `${PREFIX}cek-alg`,
    `${PREFIX}key`,
    `${PREFIX}start`,
    `${PREFIX}wrap-alg`,
    'x-oss-meta-note',
  ])
})

test('plain objects are not kept, damaged envelopes are', async () => {
  vault.listener.looked(at('plain'), head({ headers: new Map([['x-oss-meta-a', 'b']]) }))
  await vault.write()
  expect(segments()).toEqual([])
  vault.listener.looked(at('half'), head({ headers: new Map([[`${PREFIX}key`, 'AAAA']]) }))
  expect(await found()).toMatchObject([{ record: { key: 'half' } }])
})

test('an envelope is kept once, also after a restart; another one is added', async () => {
  vault.listener.looked(at('a'), head())
  await vault.write()
  vault.listener.looked(at('a'), head())
  await vault.write()
  await vault.close()
  vault = opened()
  vault.listener.looked(at('a'), head())
  await vault.write()
  expect(segments()).toHaveLength(1)
  vault.listener.looked(at('a'), head({ etag: 'F' }))
  await vault.write()
  expect(segments()).toHaveLength(2)
})

test('a seal in the tags is kept with the HEAD before it, also when that was written', async () => {
  vault.listener.looked(at('a'), head())
  vault.listener.tagged(at('a'), [['cipherbucket.seal', '0']])
  vault.listener.tagged(at('a'), [['cipherbucket.seal', 'SEAL']])
  vault.listener.looked(at('a'), head())
  expect((await found()).map(({ record }) => record.seal)).toEqual(['SEAL'])
  vault.listener.looked(at('b'), head())
  await vault.write()
  vault.listener.tagged(at('b'), [['cipherbucket.seal', 'LATE']])
  expect((await found()).map(({ record }) => record.seal).toSorted()).toEqual([
    'LATE',
    'SEAL',
    null,
  ])
})

test('while keys are locked the envelopes wait', async () => {
  isLocked = true
  vault.listener.looked(at('a'), head())
  expect(await vault.read(() => undefined)).toMatchObject({ segments: 0, notKept: 1 })
  isLocked = false
  expect(await found()).toHaveLength(1)
  isLocked = true
  expect(await vault.read(() => undefined)).toMatchObject({ closed: 1, envelopes: 0, notKept: 0 })
})

test('the key of the same size, and never that of the samples', async () => {
  keys = [{ ...ARCH, origin: 'sample' }]
  vault.listener.looked(at('a'), head())
  expect(await vault.read(() => undefined)).toMatchObject({ segments: 0, notKept: 1 })
  keys = [ARCH, LARGE]
  vault.listener.looked(at('b'), head({}, 384))
  expect((await found()).map(({ record, keyName }) => [record.key, keyName]).toSorted()).toEqual([
    ['a', 'arch'],
    ['b', 'large'],
  ])
})

test('a crash leaves whole segments; other files of the folder are no segments', async () => {
  vault.listener.looked(at('a'), head())
  await vault.write()
  const [name = ''] = segments()
  writeFileSync(join(folder, 'vault', `${name}.7.new`), 'half')
  writeFileSync(join(folder, 'vault', 'f'.repeat(32)), 'CBVAULT1')
  expect(await vault.read(() => undefined)).toMatchObject({ segments: 2, envelopes: 1, damaged: 1 })
})

test('ten thousand envelopes are ten segments', async () => {
  for (let i = 0; i < 10_000; i++) vault.listener.looked(at(`k/${i}`), head({ etag: `E${i}` }))
  await vault.write()
  expect(segments()).toHaveLength(10)
  expect(new Set((await found()).map(({ record }) => record.key)).size).toBe(10_000)
})
