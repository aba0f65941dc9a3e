import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../tools/practice.ts'
import { bundleCli, canRunAs, records, runCli, type Ran } from './cli-process.ts'

/** Files that the user may not read, and files that vanish before they are sent. */

/** Root reads everything, so for this the command runs as nobody. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
/** Why what root may read cannot be tried. */
const NO_USER = 'needs a checkout and a Node that the user nobody can run'
const onLinux = process.platform === 'linux'

let work: string
/** Whether the command may read less than everything. */
let bound: boolean
let practice: Practice
let cb: (...args: readonly string[]) => Promise<Ran>
beforeAll(async () => {
  await bundleCli()
  bound = onLinux && (NOBODY === undefined || canRunAs(NOBODY))
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-unreadable-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
  const key = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  writeFileSync(join(work, 'k.pem'), key.privateKey)
  for (const folder of ['home', 'tree/sub', 'tree/closed', 'many'])
    mkdirSync(join(work, folder), { recursive: true })
  for (const file of ['tree/a', 'tree/secret', 'tree/sub/b', 'tree/sub/secret', 'tree/closed/c'])
    writeFileSync(join(work, file), file)
  for (const path of ['tree/secret', 'tree/sub/secret', 'tree/closed'])
    chmodSync(join(work, path), 0)
  if (bound && NOBODY !== undefined)
    for (const path of ['', 'home']) chownSync(join(work, path), NOBODY.uid, NOBODY.gid)
  cb = (...args) =>
    runCli([...args, '--json', '--endpoint', endpoint, '--region', region, '--bucket', bucket], {
      cwd: work,
      env: {
        PATH: process.env['PATH'],
        CIPHERBUCKET_DATA: join(work, 'home', 'data'),
        CIPHERBUCKET_SECRETS: 'file',
        HOME: join(work, 'home'),
        OSS_ACCESS_KEY_ID: accessKeyId,
        OSS_ACCESS_KEY_SECRET: accessKeySecret,
      },
      ...(bound && NOBODY !== undefined && { user: NOBODY }),
    })
})
afterAll(async () => {
  await practice.close()
  chmodSync(join(work, 'tree/closed'), 0o700)
  rmSync(work, { recursive: true, force: true })
})

test('of a folder, what may be read is stored, and each thing that may not has a record', async (context) => {
  if (!bound) return context.skip(NO_USER)
  const ran = await cb('put', 'tree', '--key', 'k.pem')
  const leftOut = records(ran).flatMap((one) =>
    one['reason'] === 'unreadable' ? [one['leftOut']] : [],
  )
  expect([ran.code, leftOut.toSorted()], ran.stderr).toEqual([
    2,
    ['tree/closed/', 'tree/secret', 'tree/sub/secret'].map((path) => join(work, path)),
  ])
  expect(records(await cb('ls', 'tree/sub/')).map((one) => one['key'])).toEqual(['tree/sub/b'])
})

test.for(['tree/secret', 'tree/closed', 'tree/closed/c'])(
  '%s alone ends with 2 and names it, also among others, and nothing is sent',
  { timeout: 240_000 },
  async (path, context) => {
    if (!bound) return context.skip(NO_USER)
    for (const args of [[path], ['tree/a', path]]) {
      const ran = await cb('put', ...args, '--to', 'alone/', '--key', 'k.pem')
      expect([ran.code, records(ran)]).toEqual([
        2,
        [{ error: { code: 'source-unreadable', path: join(work, path), reason: 'EACCES' } }],
      ])
    }
    expect((await cb('ls', 'alone/')).code).toBe(5)
  },
)

test('files that vanish between the count and the sending have a record each, and the others are stored', async () => {
  const all = Array.from({ length: 300 }, (_, i) => `n${i}`)
  for (const name of all) writeFileSync(join(work, 'many', name), name)
  practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'delay', ms: 300 }, times: 300 })
  const sent = () => practice.log.entries().filter(({ key }) => key?.startsWith('many/'))
  const running = cb('put', 'many', '--key', 'k.pem', '--force')
  await expect.poll(() => sent().length, { interval: 10 }).toBeGreaterThan(0)
  for (const name of all) rmSync(join(work, 'many', name))
  const ran = await running
  const gone = records(ran).flatMap(({ key, error }) =>
    (error as { readonly code?: string } | undefined)?.code === 'source-unreadable' ? [key] : [],
  )
  const stored = records(await cb('ls', 'many/')).map((one) => one['key'])
  expect(ran.code, ran.stderr).toBe(2)
  expect(gone.length).toBeGreaterThan(0)
  expect([...gone, ...stored].toSorted()).toEqual(all.map((name) => `many/${name}`).toSorted())
  expect(records(ran).at(-1)).toMatchObject({ done: stored.length, failed: gone.length })
})
