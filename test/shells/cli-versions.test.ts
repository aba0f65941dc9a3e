import { generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../tools/practice.ts'
import { inside, send } from '../practice/harness.ts'
import { bundleCli, records, runCli, type Ran, commandEnvironment } from './cli-process.ts'

let work: string
let practice: Practice
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-versions-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  writeFileSync(join(work, 'key.pem'), privateKey)
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

const here = (...args: readonly string[]): Promise<Ran> =>
  runCli([...args, '--bucket', practice.bucket], {
    cwd: work,
    env: commandEnvironment(work, practice),
  })

test('head and get take a version, also after the object was deleted', async () => {
  await send(practice, {
    method: 'PUT',
    query: { versioning: null },
    body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  })
  const put = async (text: string, ...more: readonly string[]): Promise<string> => {
    writeFileSync(join(work, 'file.txt'), text)
    expect(await here('put', 'file.txt', '--key', 'key.pem', ...more)).toMatchObject({ code: 0 })
    const [facts] = records(await here('head', 'file.txt', '--json'))
    return String(facts?.['versionId'])
  }
  const first = await put('the first one')
  const second = await put('the second', '--existing', 'replace')
  expect([first, second].every((id) => id.startsWith('CAE')) && first !== second).toBe(true)
  await here('rm', 'file.txt')
  expect((await here('get', 'file.txt', '--key', 'key.pem', '--out', 'gone')).code).not.toBe(0)
  const [facts] = records(await here('head', 'file.txt', '--version-id', first, '--json'))
  expect(facts).toMatchObject({ versionId: first, size: 13 })
  for (const [id, text] of [
    [first, 'the first one'],
    [second, 'the second'],
  ] as const) {
    const out = `back-${text.length}`
    const got = await here('get', 'file.txt', '--version-id', id, '--key', 'key.pem', '--out', out)
    expect({ code: got.code, stderr: got.code === 0 ? '' : got.stderr }).toEqual({
      code: 0,
      stderr: '',
    })
    expect(readFileSync(join(work, out), 'utf8')).toBe(text)
  }
  const marker = inside((await send(practice, { query: { versions: null } })).text, 'VersionId')
  for (const id of [
    marker ?? '',
    'CAEQJhiBgIDVmYrr1RYiIGE5ZmUxMjViZDIwYjQwY2I5ODA1YWIxNmIyNDNjYjk4',
  ])
    expect(await here('head', 'file.txt', '--version-id', id)).toMatchObject({
      code: (await here('head', 'never there')).code,
    })
  expect((await here('get', 'folder/', '--version-id', first, '--out', 'x')).code).toBe(2)
})

interface Client {
  useBucket(name: string): void
  getBucketVersions(query: object): Promise<{
    readonly objects: readonly { readonly name: string; readonly versionId: string }[]
    readonly deleteMarker: readonly { readonly name: string; readonly versionId: string }[]
  }>
  get(key: string, options?: object): Promise<{ readonly content: Buffer }>
}

test('cp, mv and rm take a version, as another client sees it', async () => {
  const OSS = createRequire(import.meta.url)('ali-oss') as new (options: object) => Client
  const { endpoint, accessKeyId, accessKeySecret, bucket } = practice
  const oss = new OSS({
    region: 'oss-cn-hangzhou',
    endpoint,
    accessKeyId,
    accessKeySecret,
    secure: false,
    sldEnable: true,
    authorizationV4: true,
  })
  oss.useBucket(bucket)
  const versionsOf = async (prefix: string) => {
    const { objects, deleteMarker } = await oss.getBucketVersions({ prefix })
    return [...objects, ...(deleteMarker ?? [])].map(({ versionId }) => versionId)
  }
  const enable = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'
  await send(practice, { method: 'PUT', query: { versioning: null }, body: enable })
  const put = async (body: string): Promise<string> =>
    (await send(practice, { method: 'PUT', key: 'v/a', body })).headers['x-oss-version-id'] ?? ''
  const [first, second, third] = [await put('first'), await put('second'), await put('third')]

  expect(await here('cp', 'v/a', 'v/b', '--version-id', first)).toMatchObject({ code: 0 })
  expect((await oss.get('v/b')).content.toString()).toBe('first')
  expect((await here('cp', 'v/a', 'v/a', '--version-id', first)).code).not.toBe(0)
  expect(await here('cp', 'v/a', 'v/a', '--version-id', first, '--force')).toMatchObject({
    code: 0,
  })
  expect((await oss.get('v/a')).content.toString()).toBe('first')
  expect(await here('mv', 'v/a', 'v/c', '--version-id', second)).toMatchObject({ code: 0 })
  expect((await oss.get('v/c')).content.toString()).toBe('second')
  expect(await versionsOf('v/a')).not.toContain(second)
  expect(await versionsOf('v/a')).toEqual(expect.arrayContaining([first, third]))

  expect(records(await here('rm', 'v/a', '--version-id', third, '--json'))).toEqual([
    { removed: 1 },
  ])
  expect(await versionsOf('v/a')).not.toContain(third)
  const gone = await here('rm', 'v/a', '--version-id', third, '--json')
  expect([gone.code, records(gone)[0]]).toEqual([5, { removed: 0 }])
  await here('rm', 'v/a')
  const marker = (await oss.getBucketVersions({ prefix: 'v/a' })).deleteMarker[0]?.versionId ?? ''
  expect(records(await here('rm', 'v/a', '--version-id', marker, '--json'))).toEqual([
    { removed: 1 },
  ])
  expect((await oss.get('v/a')).content.toString()).toBe('first')
  for (const args of [
    ['cp', 'v/', 'w/'],
    ['rm', 'v/', '--recursive'],
    ['rm', 'v/a', 'v/b'],
  ])
    expect((await here(...args, '--version-id', first)).code).toBe(2)
})
