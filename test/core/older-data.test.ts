import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { ok } from '../../shared/contract/errors.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

/**
 * A data folder of version a93def8, which was killed with transfers under way. It has an upload
 * with two parts in OSS, a move with one part and a download. It also has a paused upload of 300
 * files and a paused decryption. The folder's settings start nothing by themselves. That version
 * wrote it in `/home/user`. Of the 120 files under way three are left, and the id of the access key
 * was changed. Passphrase: `correct horse battery`.
 */
const OLD = join(import.meta.dirname, '../vectors/data-folder-a93def8')
const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }

let home: string
let f: Fixture
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'older-data-'))
  const data = join(home, 'data')
  for (const folder of ['queue', 'state'])
    cpSync(join(OLD, folder), join(data, folder), { recursive: true })
  for (const folder of ['queue', 'state'])
    for (const name of readdirSync(join(data, folder)))
      if (/jsonl?$/.test(name)) movedTo(join(data, folder, name))
  mkdirSync(join(home, 'many'))
  mkdirSync(join(home, 'out'))
  cpSync(join(OLD, 'files', 'blob'), join(home, 'out', 'blob'))
  for (let i = 0; i < 300; i++) writeFileSync(join(home, 'many', `f${i}`), `file ${i}`)
  writeFileSync(join(home, 'big.bin'), Buffer.alloc(650_000, 'new text of the same length. '))
  f = await openFixture(home)
})
afterEach(() => f.close())

/**
 * The same text with the paths of this test in place of those of the user; of a journal with new
 * sums.
 */
function movedTo(path: string): void {
  const moved = (text: string): string => text.replaceAll('/home/user', home)
  const text = readFileSync(path, 'utf8')
  if (!path.endsWith('.jsonl')) return writeFileSync(path, moved(text))
  const sumOf = (json: string): string => crc32(json).toString(16).padStart(8, '0')
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      expect(line.slice(0, 8)).toBe(sumOf(line.slice(9)))
      return `${sumOf(moved(line.slice(9)))} ${moved(line.slice(9))}\n`
    })
  writeFileSync(path, lines.join(''))
}

test('settings, profiles, keys, defaults and what was seen are read as they were', async () => {
  expect((await f.call('app.info', {})).problems).toEqual([])
  expect(await f.call('settings.get', {})).toMatchObject({
    theme: 'dark',
    language: 'zh-CN',
    files: 16,
    parts: 1,
    existing: 'newer',
    speedLimit: 60_000,
    window: { from: 0, to: 0 },
    onStart: 'paused',
    showGuide: false,
  })
  const studio = (await f.call('profiles.list', {})).find(({ name }) => name === 'Studio')
  expect(studio).toMatchObject({ accessKeyId: 'old-access-key-id', buckets: ['practice-bucket'] })
  const keys = await f.call('keys.list', {})
  expect(
    keys
      .filter(({ name }) => name.startsWith('Old'))
      .map(({ name, kind, defaultFor }) => [
        name,
        kind,
        defaultFor.map(({ profileName, bucket }) => [profileName, bucket]),
      ]),
  ).toEqual([
    [
      'Old RSA',
      'rsa',
      [
        ['Studio', null],
        ['Studio', 'practice-bucket'],
      ],
    ],
    ['Old KMS', 'kms', []],
  ])
  await f.call('secrets.unlock', { passphrase: 'correct horse battery' })
  const rsa = keys.find(({ name }) => name === 'Old RSA')?.id ?? ''
  expect(await f.call('keys.prove', { id: rsa })).toMatchObject({ name: 'Old RSA' })
  expect(statSync(join(home, 'data', 'state', 'uploaded-1.index')).size).toBe(96)
  expect(
    readdirSync(join(home, 'data', 'state')).filter((name) => name.includes('damaged')),
  ).toEqual([])
})

test('transfers stand as they stood, and each goes on to its end', async () => {
  const listed = await f.call('transfers.list', {})
  expect(listed.map(({ kind, phase, key, name }) => [kind, phase, key ?? name])).toEqual([
    ['upload', 'done', 'in/small.txt'],
    ['upload', 'done', 'in/stored.bin'],
    ['download-raw', 'done', 'in/small.txt'],
    ['upload', 'paused', 'in/'],
    ['upload', 'paused', 'in/big.bin'],
    ['download', 'paused', 'in/stored.bin'],
    ['move', 'paused', 'copied/stored.bin'],
    ['decrypt', 'paused', 'blob'],
  ])
  await f.call('secrets.unlock', { passphrase: 'correct horse battery' })
  await f.call('settings.update', { speedLimit: 0 })
  const { endpoint, region, accessKeyId, accessKeySecret } = f.practice
  const studio = (await f.call('profiles.list', {})).find(({ name }) => name === 'Studio')
  await f.call('profiles.update', {
    id: studio?.id ?? '',
    name: 'Studio',
    colour: 'ink',
    endpoint,
    region,
    accessKeyId,
    credential: { kind: 'typed', accessKeySecret, securityToken: '' },
    buckets: ['practice-bucket'],
  })
  // The bucket is new: its objects are not those of the download and of the move.
  const wire = openHttpClient()
  const oss = openOss(
    {
      endpoint,
      region,
      credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
    },
    wire,
  )
  await putSmall(
    oss,
    {
      bucket: PLACE.bucket,
      key: 'in/stored.bin',
      headers: {},
      body: Buffer.alloc(650_000, 'stored'),
      forbidOverwrite: true,
    },
    new AbortController().signal,
  )
  wire.close()
  const going = listed.filter(({ phase }) => phase === 'paused')
  const ended = f.ended(going.map(({ id }) => id))
  await f.call('transfers.resume', { ids: going.map(({ id }) => id) })
  expect(
    (await ended).map(({ kind, phase, files, error, restarted }) => [
      kind,
      phase,
      files?.done ?? null,
      error,
      restarted,
    ]),
  ).toEqual([
    ['upload', 'done', 300, null, null],
    // No prints were kept then: nothing on this computer says what was sent under its data key, so
    // it has a new one.
    ['upload', 'done', null, null, 'no-record'],
    ['download', 'done', null, null, 'object-changed'],
    ['move', 'done', null, null, null],
    ['decrypt', 'done', null, null, null],
  ])
  expect(readFileSync(join(home, 'out', 'opened.txt'))).toEqual(
    readFileSync(join(OLD, 'files', 'small.txt')),
  )
  for (const [key, text] of [
    ['in/f299', 'file 299'],
    ['in/big.bin', 'new text of the same length.'],
  ] as const) {
    const found = await f.preview({
      ...PLACE,
      key: key.replace('in/f', 'in/many/f'),
      offset: 0,
      length: 28,
      keyId: null,
    })
    expect([key, found.encrypted, found.text]).toEqual([key, true, text])
  }
})
