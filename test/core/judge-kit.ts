import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { deleteObject, headObject, putSmall } from '../../electron/core/oss/objects.ts'
import { ok } from '../../shared/contract/errors.ts'
import type { Transfer, UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

export const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
const never = new AbortController().signal

/** A whole app, and a plain OSS client beside it that knows nothing of encryption. */
export interface Judge {
  f: Fixture
  readonly oss: Oss
  /** Grants, a counted plan. */
  plan(paths: readonly string[], prefix?: string): Promise<UploadPlan>
  start(planId: string, change?: Partial<In<'uploads.start'>>): Promise<readonly string[]>
  /** Plan and start in one; waits for the end of all. */
  up(
    paths: readonly string[],
    prefix?: string,
    change?: Partial<In<'uploads.start'>>,
  ): Promise<readonly Transfer[]>
  readGrant(path: string): Promise<string>
  folderGrant(path: string): Promise<string>
  /** Into the folder `folder` of the fixture, or an absolute one. */
  down(
    keys: readonly string[],
    folder: string,
    change?: Partial<In<'downloads.start'>>,
  ): Promise<readonly Transfer[]>
  raw(key: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<void>
  headers(key: string): Promise<Record<string, string>>
  remove(key: string): Promise<void>
  exists(key: string): Promise<boolean>
  uploadsLeft(): Promise<number>
}

/** One app for all tests of a file. */
export function judge(): Judge {
  const j = { oss: null as never as Oss } as { -readonly [K in keyof Judge]: Judge[K] }
  let wire: HttpClient
  beforeAll(async () => {
    j.f = await openFixture()
    wire = openHttpClient()
    const { endpoint, region, accessKeyId, accessKeySecret } = j.f.practice
    j.oss = openOss(
      {
        endpoint,
        region,
        credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
      },
      wire,
    )
    // The samples are made on the first look at the bucket.
    await j.f.call('objects.list', { ...PLACE, prefix: '', cursor: null })
  })
  afterAll(async () => {
    wire.close()
    await j.f.close()
  })

  j.readGrant = async (path) =>
    (await j.f.call('local.grant', { paths: [path], write: false }))[0]?.id ?? ''
  j.folderGrant = async (path) => {
    await mkdir(path, { recursive: true })
    return (await j.f.call('local.grant', { paths: [path], write: true }))[0]?.id ?? ''
  }
  j.plan = async (paths, prefix = '') => {
    const grants = await j.f.call('local.grant', { paths: [...paths], write: false })
    let mine = ''
    const seen = new Map<string, UploadPlan>()
    return new Promise<UploadPlan>((resolve, reject) => {
      const look = (): void => {
        const found = seen.get(mine)
        if (found === undefined) return
        off()
        resolve(found)
      }
      const off = j.f.bridge.on('plan.changed', (one) => {
        if (one.phase !== 'counting') seen.set(one.id, one)
        look()
      })
      j.f
        .call('uploads.plan', { ...PLACE, prefix, grants: grants.map(({ id }) => id) })
        .then((begun) => ((mine = begun.id), look()), reject)
    })
  }
  j.start = (planId, change = {}) =>
    j.f.call('uploads.start', {
      planId,
      keyId: null,
      existing: 'ask',
      decisions: {},
      allowWeak: false,
      partSize: null,
      parallel: null,
      toKey: null,
      format: null,
      ...change,
    })
  j.up = async (paths, prefix, change) =>
    j.f.ended(await j.start((await j.plan(paths, prefix)).id, change))
  j.down = async (keys, folder, change = {}) =>
    j.f.ended(
      await j.f.call('downloads.start', {
        ...PLACE,
        keys: [...keys],
        target: await j.folderGrant(join(folder.startsWith('/') ? '' : j.f.folder, folder)),
        fileName: null,
        existing: 'fail',
        raw: false,
        keyIds: [],
        range: null,
        message: false,
        repair: false,
        ...change,
      }),
    )
  j.raw = async (key, headers, body) =>
    void (await putSmall(j.oss, { ...PLACE, key, headers, body, forbidOverwrite: false }, never))
  j.headers = async (key) => {
    const { headers } = await headObject(j.oss, PLACE.bucket, key, never)
    return Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-oss-meta-')))
  }
  j.remove = (key) => deleteObject(j.oss, PLACE.bucket, key, never)
  j.exists = (key) =>
    headObject(j.oss, PLACE.bucket, key, never).then(
      () => true,
      () => false,
    )
  j.uploadsLeft = async () =>
    (await listUploads(j.oss, { bucket: PLACE.bucket, prefix: '' }, never)).length
  return j
}

/** Names of all files and folders below a folder; none when it is not there. */
export const namesIn = (folder: string): Promise<readonly string[]> =>
  readdir(folder, { recursive: true }).catch(() => [])

/** Peak of what `read` answers while `work` runs, looked at every 20 ms. */
export async function peak<T>(
  read: () => number,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly peak: number }> {
  let most = read()
  const watch = setInterval(() => void (most = Math.max(most, read())), 20)
  try {
    const value = await work()
    return { value, peak: Math.max(most, read()) }
  } finally {
    clearInterval(watch)
  }
}
