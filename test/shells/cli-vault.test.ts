import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { ok } from '../../shared/contract/errors.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { bundleCli, commandEnvironment, records, runCli, type Ran } from './cli-process.ts'

/** The envelope vault as a script meets it: what is kept, where, and under which key. */

let work: string
let practice: Practice

/** Runs a command on one of two computers, which share the bucket and the key. */
const on =
  (computer: string) =>
  (...args: readonly string[]): Promise<Ran> =>
    runCli([...args, '--bucket', practice.bucket], {
      cwd: work,
      env: {
        ...commandEnvironment(work, practice),
        CIPHERBUCKET_DATA: join(work, computer),
      },
    })
const [first, second] = [on('first'), on('second')]
const KEY = ['--key', 'key.pem', '--json'] as const
const listed = async (run: typeof first) =>
  records(await run('vault', 'list', ...KEY)).map(({ key, size, sealed }) => [key, size, sealed])
const segments = (computer: string): readonly string[] => {
  try {
    return readdirSync(join(work, computer, 'state', 'vault'))
  } catch {
    return []
  }
}

/** Puts an object as it is, as somebody with access to the bucket can. */
async function plant(key: string, body: Buffer): Promise<void> {
  const { endpoint, region, accessKeyId, accessKeySecret, bucket } = practice
  const credentials = async () => ok({ accessKeyId, accessKeySecret, securityToken: null })
  const http = openHttpClient()
  const oss = openOss({ endpoint, region, credentials }, http)
  const object = { bucket, key, headers: {}, body, forbidOverwrite: true }
  await putSmall(oss, object, new AbortController().signal)
  http.close()
}

beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-vault-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  const pem = new URL('../vectors/format-example.pem', import.meta.url)
  writeFileSync(join(work, 'key.pem'), readFileSync(pem))
  writeFileSync(join(work, 'small.txt'), 'a note')
  writeFileSync(join(work, 'large.bin'), Buffer.alloc(1_500_000, 7))
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

test('envelopes of uploads and reads are kept once, encrypted, and come to a second computer', async () => {
  expect(await first('put', 'small.txt', '--to', 'a/small', ...KEY)).toMatchObject({ code: 0 })
  expect(await first('put', 'large.bin', '--to', 'a/large', ...KEY)).toMatchObject({ code: 0 })
  expect(await first('put', 'small.txt', '--to', 'a/bare', '--no-seal', ...KEY)).toMatchObject({
    code: 0,
  })
  const all = [
    ['a/bare', 6, false],
    ['a/large', 1_500_000, true],
    ['a/small', 6, true],
  ]
  // On a slow computer an envelope is kept before its seal, and then once more with it.
  const rows = await listed(first)
  expect(rows.filter(([key, , sealed]) => sealed === true || key === 'a/bare')).toEqual(all)
  const kept = segments('first')
  expect(kept.length).toBeGreaterThan(0)
  for (const name of kept) {
    const text = readFileSync(join(work, 'first', 'state', 'vault', name), 'latin1')
    expect(text.slice(0, 8)).toBe('CBVAULT1')
    expect(text).not.toContain('a/')
  }
  // Reading again adds nothing.
  expect(await first('get', 'a/small', '--out', 'again.txt', ...KEY)).toMatchObject({ code: 0 })
  expect(segments('first')).toEqual(kept)

  const [sent] = records(await first('vault', 'sync', '--prefix', 'vault/', ...KEY))
  expect(sent).toMatchObject({ written: kept.length, read: 0, foreign: 0, damaged: 0 })
  expect(await listed(second)).toEqual([])
  const [got] = records(await second('vault', 'sync', '--prefix', 'vault/', ...KEY))
  expect(got).toMatchObject({ written: 0, read: kept.length, both: 0 })
  expect(segments('second')).toEqual(kept)
  expect(await listed(second)).toEqual(await listed(first))
  const [again] = records(await second('vault', 'sync', '--prefix', 'vault/', ...KEY))
  expect(again).toMatchObject({ written: 0, read: 0, both: kept.length })
})

test('a damaged segment is told, and comes back; a planted one is left', async () => {
  const [name = ''] = segments('second')
  const path = join(work, 'second', 'state', 'vault', name)
  const sound = readFileSync(path)
  writeFileSync(path, Buffer.concat([sound, Buffer.of(0)]))
  expect(await second('vault', 'status', ...KEY)).toMatchObject({ code: 4 })
  const planted = `vault/${'0'.repeat(32)}`
  expect(await second('put', 'small.txt', '--to', planted, ...KEY)).toMatchObject({ code: 0 })
  await plant(`vault/${'1'.repeat(32)}`, sound)
  const ran = await second('vault', 'sync', '--prefix', 'vault/', ...KEY)
  expect(records(ran)).toMatchObject([{ read: 1, damaged: 2 }])
  expect(ran.code).toBe(4)
  expect(readFileSync(path)).toEqual(sound)
  expect(await second('vault', 'status', ...KEY)).toMatchObject({ code: 0 })
})

test('without the key nothing is shown, and mistakes are named', async () => {
  const closed = await second('vault', 'status', '--json')
  expect(records(closed)).toMatchObject([{ envelopes: 0, damaged: 0 }])
  expect(records(closed)[0]?.['closed']).toBeGreaterThan(0)
  expect(await second('vault', 'sync', '--prefix', 'vault', ...KEY)).toMatchObject({ code: 2 })
  expect(await on('third')('vault', 'sync', '--prefix', 'vault/', '--json')).toMatchObject({
    code: 4,
    stdout: expect.stringMatching(/"foreign":[1-9]/) as string,
  })
})
