import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sentence } from '../../shared/contract/sentences/sentences.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import { openAppKit, namesIn } from './app-kit.ts'

/** Needs root: file systems of their own that are soon full. */
const asRoot = process.getuid?.() === 0 && process.platform === 'linux'
if (!asRoot) console.warn('skipped: full disks on a small tmpfs (needs root on Linux)')

const MIB = 1024 * 1024
const mounts: string[] = []
function tmpfs(kibibytes: number): string {
  const where = mkdtempSync(join(tmpdir(), 'cb-full-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', where])
  mounts.push(where)
  return where
}
/** Takes all room but `leave` KiB. */
function fill(where: string, leave = 0): void {
  execFileSync('sh', [
    '-c',
    `dd if=/dev/zero of=${join(where, 'filler')} bs=1k 2>/dev/null || true`,
  ])
  if (leave > 0) execFileSync('truncate', ['-s', `-${leave}K`, join(where, 'filler')])
}
afterAll(() => {
  for (const where of mounts) {
    execFileSync('umount', ['-l', where])
    rmSync(where, { recursive: true, force: true })
  }
})
const clear = (error: AppError | null | undefined, path: string): void => {
  expect(error).toMatchObject({ code: 'disk-full' })
  for (const language of ['en', 'zh-CN'] as const)
    expect(error && sentence(error, language)).toMatch(/.{10}/)
  expect(error?.code === 'disk-full' && error.path).toContain(path)
}

describe.skipIf(!asRoot)('a target disk that is full', () => {
  const kit = openAppKit()
  const plain = randomBytes(2 * MIB)
  beforeAll(async () => {
    writeFileSync(join(kit.f.folder, 'big.bin'), plain)
    await kit.up([join(kit.f.folder, 'big.bin')])
  })

  test.each([
    ['a download', {}],
    ['a raw download', { raw: true }],
  ])('%s: told before a byte is fetched; after there is room, a retry works', async (_, change) => {
    const where = tmpfs(4096)
    fill(where, 1000)
    const [got] = await kit.down(['big.bin'], where, change)
    expect(got?.phase).toBe('needs-user')
    clear(got?.error, join(where, 'big.bin'))
    expect(readdirSync(where)).toEqual(['filler'])
    rmSync(join(where, 'filler'))
    await kit.f.call('transfers.retry', { ids: [got?.id ?? ''] })
    const done = await new Promise((resolve) => {
      const off = kit.f.bridge.on(
        'transfers.changed',
        (all) =>
          all.some(({ id, phase }) => id === got?.id && phase === 'done') && (off(), resolve(true)),
      )
    })
    expect([done, readdirSync(where).includes('big.bin')]).toEqual([true, true])
  })

  test('a raw download whose envelope file has no room any more: neither of the two is there', async () => {
    const where = tmpfs(2 * 1024)
    const [got] = await kit.down(['big.bin'], where, { raw: true })
    clear(got?.error, where)
    // A file that is whole already waits, hidden, for room or for a cancel.
    expect(readdirSync(where).filter((name) => !name.endsWith('-part'))).toEqual([])
    await kit.f.call('transfers.cancel', { ids: [got?.id ?? ''] })
    expect(readdirSync(where)).toEqual([])
  })

  test('offline decryption', async () => {
    await kit.down(['big.bin'], 'raw', { raw: true })
    const where = tmpfs(2048)
    fill(where, 500)
    const grants = [
      await kit.readGrant(join(kit.f.folder, 'raw', 'big.bin')),
      await kit.readGrant(join(kit.f.folder, 'raw', 'big.bin.ossenv.json')),
    ]
    const id = await kit.f.call('offline.start', {
      blob: grants[0] ?? '',
      envelope: grants[1] ?? null,
      envelopeText: null,
      keyIds: [],
      target: await kit.folderGrant(where),
      fileName: null,
      existing: 'fail',
      repair: false,
    })
    clear((await kit.f.ended([id]))[0]?.error, join(where, 'big.bin'))
    expect(readdirSync(where)).toEqual(['filler'])
  })

  test('key backup and public half', async () => {
    await kit.f.call('secrets.unlock', { passphrase: 'pass phrase' })
    const key = await kit.f.call('keys.generate', {
      name: 'Mine',
      bits: 2048,
      description: '{"a":"b"}',
      style: 'compact',
    })
    const where = tmpfs(64)
    fill(where)
    const target = await kit.folderGrant(where)
    for (const answer of [
      await kit.f.bridge.call('keys.backup', {
        id: key.id,
        passphrase: 'a long passphrase',
        target,
        fileName: 'mine.pem',
      }),
      await kit.f.bridge.call('keys.exportPublic', {
        id: key.id,
        target,
        fileName: 'mine-public.pem',
      }),
    ])
      clear(answer.ok ? null : answer.error, where)
    expect(readdirSync(where)).toEqual(['filler'])
    // A backup that was not written does not count as one.
    expect((await kit.f.call('keys.list', {})).find(({ id }) => id === key.id)?.backedUp).toBeNull()
  })
})

describe.skipIf(!asRoot)("the app's own disk that is full", () => {
  let f: Fixture
  afterAll(() => f.close())

  test('nothing is half there, nothing that was there is lost, and it goes on when there is room', async () => {
    const where = tmpfs(6 * 1024)
    mkdirSync(join(where, 'home'))
    f = await openFixture(join(where, 'home'))
    await f.call('secrets.unlock', { passphrase: 'pass phrase' })
    const key = await f.call('keys.generate', {
      name: 'Before',
      bits: 2048,
      description: '{"a":"before"}',
      style: 'compact',
    })
    const state = join(where, 'home', 'data', 'state')
    const before = new Map(
      readdirSync(state).map((name) => [name, readFileSync(join(state, name), 'utf8')]),
    )
    const [practice] = await f.call('profiles.list', {})
    fill(where)
    const fields = {
      name: 'New',
      colour: 'blue' as const,
      endpoint: 'https://oss-cn-hangzhou.aliyuncs.com',
      region: 'cn-hangzhou',
      accessKeyId: 'id',
      buckets: [],
      credential: { kind: 'typed' as const, accessKeySecret: 'a secret', securityToken: '' },
    }
    const answers = [
      await f.bridge.call('keys.generate', {
        name: 'While full',
        bits: 2048,
        description: '{"a":"full"}',
        style: 'compact',
      }),
      await f.bridge.call('profiles.add', fields),
      await f.bridge.call('keys.update', {
        id: key.id,
        name: 'Renamed',
        description: '{"a":"renamed"}',
        style: 'compact',
        state: 'active',
        writes: 'v2',
      }),
      await f.bridge.call('settings.update', { theme: 'dark' }),
      await f.bridge.call('profiles.setDefaultKey', {
        profileId: 'practice',
        bucket: null,
        keyId: key.id,
      }),
    ]
    for (const [i, answer] of answers.entries())
      expect([i, answer.ok ? 'ok' : answer.error.code]).toEqual([i, 'disk-full'])
    for (const [name, text] of before)
      expect([name, readFileSync(join(state, name), 'utf8')]).toEqual([name, text])
    expect((await f.call('keys.list', {})).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Before']),
    )
    expect((await f.call('keys.list', {})).map(({ name }) => name)).not.toContain('While full')
    // A profile that could not be stored is not shown.
    expect(await f.call('profiles.list', {})).toEqual([practice])
    expect((await f.call('settings.get', {})).theme).not.toBe('dark')

    rmSync(join(where, 'filler'))
    f = await f.restart()
    expect((await namesIn(state)).filter((name) => name.endsWith('.new'))).toEqual([])
    await f.call('secrets.unlock', { passphrase: 'pass phrase' })
    expect((await f.call('keys.prove', { id: key.id })).name).toBe('Before')
    expect(
      (
        await f.call('keys.generate', {
          name: 'While full',
          bits: 2048,
          description: '{"a":"full"}',
          style: 'compact',
        })
      ).name,
    ).toBe('While full')
    expect((await f.call('profiles.add', fields)).name).toBe('New')
  })
})
