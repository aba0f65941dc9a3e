import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sentence } from '../../shared/contract/sentences/sentences.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { exitCodeOf } from '../../electron/cli/exit-codes.ts'
import { openAppKit, namesIn } from './app-kit.ts'

interface Stored {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const kit = openAppKit()
const E = 'x-oss-meta-client-side-encryption-'
const PLAIN = Buffer.from('The plain text of one object, longer than one block of sixteen bytes.')
/**
 * The objects of a careless server. OSS itself would refuse half an envelope, and its metadata may
 * be lost all the same.
 */
const kept = new Map<string, Stored>()
let server: Server
let careless = ''
let sealed: Record<string, string>
let blob: Buffer

beforeAll(async () => {
  server = createServer(({ method, url = '', headers: { range } }, response) => {
    const { headers, body } = kept.get(url.split('/').at(-1) ?? '') ?? {
      headers: {},
      body: Buffer.alloc(0),
    }
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
    const end = last === '' ? body.length : Number(last) + 1
    const piece = body.subarray(Number(first), end)
    const partial =
      range === undefined ? {} : { 'content-range': `bytes ${first}-${end - 1}/${body.length}` }
    response.writeHead(range === undefined ? 200 : 206, {
      ...headers,
      ...partial,
      etag: '"0123"',
      'content-length': piece.length,
    })
    response.end(method === 'HEAD' ? undefined : piece)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const profile = await kit.f.call('profiles.session', {
    name: 'Careless',
    colour: 'blue',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'cn-hangzhou',
    accessKeyId: 'id',
    buckets: [],
    credential: { kind: 'typed', accessKeySecret: 'secret', securityToken: '' },
  })
  careless = profile.id
  writeFileSync(join(kit.f.folder, 'good.txt'), PLAIN)
  // Without a seal: it would tell of a damaged envelope first.
  await kit.up([join(kit.f.folder, 'good.txt')], undefined, { seal: false })
  await kit.down(['good.txt'], 'raw', { raw: true })
  sealed = await kit.headers('good.txt')
  blob = readFileSync(join(kit.f.folder, 'raw', 'good.txt'))
})

afterAll(() => void server.close().closeAllConnections())

let round = 0
/**
 * The errors of downloads of these objects; null for one that went well. Nothing else may be left
 * in the folder then.
 */
async function fetchedAll(
  objects: readonly Stored[],
  change: object = {},
): Promise<readonly (AppError | null)[]> {
  const folder = `out-${round++}`
  kept.clear()
  objects.forEach((object, i) => kept.set(`${i}.txt`, object))
  const transfers = await kit.down([...kept.keys()], folder, { profileId: careless, ...change })
  const errors = transfers.map(({ phase, error }) =>
    phase === 'done' ? null : (error ?? ({ code: 'unexpected', reference: 'no error' } as const)),
  )
  expect([...(await namesIn(join(kit.f.folder, folder)))].sort()).toEqual(
    [...kept.keys()].filter((_, i) => errors[i] === null).sort(),
  )
  for (const error of errors)
    for (const language of ['en', 'zh-CN'] as const)
      if (error !== null) expect(sentence(error, language)).toMatch(/.{10}/)
  return errors
}
const fetched = async (
  headers: Readonly<Record<string, string>>,
  body: Uint8Array = blob,
  change: object = {},
): Promise<AppError | null> => (await fetchedAll([{ headers, body }], change))[0] ?? null
const without = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(sealed).filter(([one]) => one !== E + name))
const flipped = (name: string, bit: number): Record<string, string> => {
  const bytes = Buffer.from(sealed[E + name] ?? '', 'base64')
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return { ...sealed, [E + name]: bytes.toString('base64') }
}

test('the untouched object opens', async () => {
  expect(await fetched(sealed)).toBeNull()
})

describe('a header that is missing', () => {
  test.each([
    ['key', 'wrapped data key', '数据密钥'],
    ['start', 'wrapped initial counter', '初始向量'],
    ['cek-alg', 'content algorithm', '内容'],
    ['wrap-alg', 'wrap algorithm', '数据密钥加密算法'],
  ])('%s: damaged', async (name, english, chinese) => {
    const error = await fetched(without(name))
    expect(error).toEqual({
      code: 'not-an-envelope',
      header: `client-side-encryption-${name}`,
      problem: 'missing',
    })
    expect(error && exitCodeOf(error)).toBe(4)
    expect(error && sentence(error, 'en')).toContain(english)
    expect(error && sentence(error, 'zh-CN')).toContain(chinese)
  })
  test('the description: then every key may be tried, and the right one opens it', async () => {
    expect(await fetched(without('matdesc'))).toBeNull()
  })
  test('all but one: still never plain', async () => {
    const errors = await fetchedAll(
      Object.keys(sealed).map((name) => ({ headers: { [name]: sealed[name] ?? '' }, body: blob })),
    )
    for (const error of errors) expect(error?.code).toBe('not-an-envelope')
  })
})

test.each(['key', 'start', 'cek-alg', 'wrap-alg'])(
  '%s cut off at any place never opens, and is told',
  async (name) => {
    const value = sealed[E + name] ?? ''
    const errors = await fetchedAll(
      Array.from(value, (_, length) => ({
        headers: { ...sealed, [E + name]: value.slice(0, length) },
        body: blob,
      })),
    )
    errors.forEach((error, length) => {
      // A cut name of an algorithm is one that only a master key of somebody's own may know.
      const unknown = name === 'wrap-alg' && length > 0
      expect([length, error?.code]).toEqual([
        length,
        unknown ? 'unknown-master-key' : 'not-an-envelope',
      ])
      expect(error && exitCodeOf(error)).toBe(unknown ? 3 : 4)
    })
  },
)

test.each(['key', 'start'])(
  'one wrong bit anywhere in %s never opens; it is damage, since the other half still opens',
  async (name) => {
    const bits = Buffer.from(sealed[E + name] ?? '', 'base64').length * 8
    const broken = (first: number) =>
      Array.from({ length: 50 }, (_, i) => ({
        headers: flipped(name, ((first + i) * 6151) % bits),
        body: blob,
      }))
    // In two downloads: one gives up after 64 that do not open.
    for (const error of [...(await fetchedAll(broken(0))), ...(await fetchedAll(broken(50)))]) {
      expect(error).toEqual({
        code: 'not-an-envelope',
        header: `client-side-encryption-${name}`,
        problem: 'invalid',
      })
    }
  },
)

test('a download of very many that do not open gives up, and says why', async () => {
  const errors = await fetchedAll(
    Array.from({ length: 120 }, (_, i) => ({ headers: flipped('start', i), body: blob })),
  )
  const codes = errors.map((error) => error?.code)
  expect(new Set(codes)).toEqual(new Set(['not-an-envelope', 'too-many-damaged']))
  expect(codes.filter((code) => code === 'not-an-envelope').length).toBeLessThan(64 + 16)
})

test('key and counter exchanged: damaged', async () => {
  expect(
    (
      await fetched({
        ...sealed,
        [`${E}key`]: sealed[`${E}start`] ?? '',
        [`${E}start`]: sealed[`${E}key`] ?? '',
      })
    )?.code,
  ).toMatch(/not-an-envelope|wrong-master-key/)
})

test('an envelope file cut off at every byte never opens', async () => {
  const file = readFileSync(join(kit.f.folder, 'raw', 'good.txt.ossenv.json'), 'utf8').trimEnd()
  const [grant, target] = [
    await kit.readGrant(join(kit.f.folder, 'raw', 'good.txt')),
    await kit.folderGrant(join(kit.f.folder, 'offline')),
  ]
  const codes = new Set<string>()
  const ids: string[] = []
  for (let length = 0; length < file.length; length++) {
    const answer = await kit.f.bridge.call('offline.start', {
      blob: grant,
      envelope: null,
      envelopeText: file.slice(0, length),
      keyIds: [],
      target,
      fileName: null,
      existing: 'rename',
      repair: false,
    })
    if (answer.ok) ids.push(answer.value)
    else codes.add(answer.error.code)
  }
  for (const { phase, error } of await kit.f.ended(ids)) {
    expect(phase).not.toBe('done')
    codes.add(error?.code ?? '')
  }
  expect(await namesIn(join(kit.f.folder, 'offline'))).toEqual([])
  expect([...codes]).toEqual(['no-envelope', 'envelope-file'])
})

describe('envelopes of two objects exchanged', () => {
  test('of different sizes, sent in parts: the size that the envelope names gives it away', async () => {
    const [a, b] = [join(kit.f.folder, 'a.bin'), join(kit.f.folder, 'b.bin')]
    writeFileSync(a, randomBytes(300_000))
    writeFileSync(b, randomBytes(400_000))
    await kit.up([a, b], '', { partSize: 102_400 })
    await kit.down(['a.bin'], 'raw', { raw: true })
    expect(
      await fetched(await kit.headers('b.bin'), readFileSync(join(kit.f.folder, 'raw', 'a.bin'))),
    ).toEqual({ code: 'size-differs', expected: 400_000, actual: 300_000 })
  })
  test('of different master keys: the wrong key is named', async () => {
    await kit.f.call('secrets.unlock', { passphrase: 'pass phrase' })
    const key = await kit.f.call('keys.generate', {
      name: 'Other',
      bits: 2048,
      description: '{"other":"key"}',
      style: 'compact',
    })
    writeFileSync(join(kit.f.folder, 'c.txt'), 'c')
    await kit.up([join(kit.f.folder, 'c.txt')], '', { keyId: key.id })
    const theirs = await kit.headers('c.txt')
    const error = await fetched({ ...theirs, [`${E}matdesc`]: sealed[`${E}matdesc`] ?? '' })
    expect(error?.code).toBe('wrong-master-key')
    expect(error && exitCodeOf(error)).toBe(3)
    expect(await fetched({ ...theirs, [`${E}matdesc`]: '{"nobody":"has this"}' })).toEqual({
      code: 'unknown-master-key',
      description: '{"nobody":"has this"}',
    })
    expect(
      (
        await fetched(theirs, blob, {
          keyIds: [
            (await kit.f.call('keys.list', {})).find(({ origin }) => origin === 'sample')?.id ?? '',
          ],
        })
      )?.code,
    ).toBe('wrong-master-key')
  })
})
