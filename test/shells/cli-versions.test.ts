import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../tools/practice.ts'
import { inside, send } from '../practice/harness.ts'
import { bundleCli, records, runCli, type Ran } from './cli-process.ts'

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
    env: {
      PATH: process.env['PATH'],
      HOME: work,
      CIPHERBUCKET_DATA: join(work, 'data'),
      CIPHERBUCKET_SECRETS: 'file',
      OSS_ENDPOINT: practice.endpoint,
      OSS_REGION: practice.region,
      OSS_ACCESS_KEY_ID: practice.accessKeyId,
      OSS_ACCESS_KEY_SECRET: practice.accessKeySecret,
    },
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
