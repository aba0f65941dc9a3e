import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failure } from '../../shared/contract/errors.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { inside } from './harness.ts'
import { rowsOf, versionCalls } from './versions-kit.ts'

let directory = ''
let practice: Practice
const open: Practice[] = []
const start = async (): Promise<Practice> => {
  const started = await startPractice({ directory })
  open.push(started)
  return started
}
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'practice-'))))
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  rmSync(directory, { recursive: true, force: true })
})

const { ask, setVersioning, put, remove, read, list } = versionCalls(() => practice)

test('versions, their order and the state of the bucket stay over a restart', async () => {
  practice = await start()
  await put('k', 'null version')
  await setVersioning('Enabled')
  const first = await put('k', 'first')
  await ask({
    method: 'PUT',
    key: 'k',
    query: { acl: null, versionId: 'null' },
    headers: { 'x-oss-object-acl': 'private' },
  })
  await remove('k')
  await put('other', 'x')
  await setVersioning('Suspended')
  await put('other', 'y')
  const rows = rowsOf(await list())
  await open.pop()?.close()
  practice = await start()
  expect(rowsOf(await list())).toEqual(rows)
  expect(rows).toHaveLength(5)
  expect((await read('k', first)).text).toBe('first')
  expect((await read('k', 'null')).text).toBe('null version')
  expect(inside((await ask({ query: { versioning: null } })).text, 'Status')).toBe('Suspended')
  await setVersioning('Enabled')
  const third = await put('k', 'third')
  expect(rowsOf(await list({ prefix: 'k' }))[0]).toBe(`k ${third} true Version`)
})

test('a folder of the form before versions opens, and its objects are null versions', async () => {
  cpSync(join(import.meta.dirname, '../vectors/practice-6b19ea7'), directory, { recursive: true })
  practice = await start()
  expect((await read('a/ü')).text).toBe('hello')
  expect((await read('log')).text).toBe('onetwo')
  expect(rowsOf(await list())).toEqual(['a/ü null true Version', 'log null true Version'])
  const got = await read('a/ü', 'null')
  expect([got.headers['x-oss-tagging-count'], got.headers['x-oss-meta-a']]).toEqual([
    '1',
    'gr\u00fcn',
  ])
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>F4C9385F1902F7334B00B9B4ECD164DE</ETag></Part></CompleteMultipartUpload>`
  const uploadId = 'C99230287469EE567E7793510600E85B'
  await setVersioning('Enabled')
  const done = await ask({ method: 'POST', key: 'm', query: { uploadId }, body })
  expect([done.status, (await read('m')).text]).toEqual([200, 'part'])
  const second = await put('a/ü', 'second')
  expect(rowsOf(await list({ prefix: 'a' }))).toEqual([
    `a/ü ${second} true Version`,
    'a/ü null false Version',
  ])
})

test('a folder of a later version is refused, and stays as it is', async () => {
  await start()
  await open.pop()?.close()
  const path = join(directory, 'buckets', 'practice-bucket', 'bucket.json')
  const text = readFileSync(path, 'utf8').replace('"format":2', '"format":3')
  writeFileSync(path, text)
  await expect(start()).rejects.toThrow(Failure)
  expect(readFileSync(path, 'utf8')).toBe(text)
})
