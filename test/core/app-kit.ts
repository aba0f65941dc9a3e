import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { deleteObject } from '../../electron/core/oss/object-deletes.ts'
import { headObject, putSmall } from '../../electron/core/oss/objects.ts'
import { ok } from '../../shared/contract/errors.ts'
import type { Transfer, UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

export const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
const never = new AbortController().signal

/** A whole app, and a plain OSS client beside it that knows nothing of encryption. */
export interface AppKit {
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
export function openAppKit(): AppKit {
  const kit = { oss: null as never as Oss } as { -readonly [K in keyof AppKit]: AppKit[K] }
  let wire: HttpClient
  beforeAll(async () => {
    kit.f = await openFixture()
    wire = openHttpClient()
    const { endpoint, region, accessKeyId, accessKeySecret } = kit.f.practice
    kit.oss = openOss(
      {
        endpoint,
        region,
        credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
      },
      wire,
    )
    // The samples are made on the first look at the bucket.
    await kit.f.call('objects.list', { ...PLACE, prefix: '', cursor: null })
  })
  afterAll(async () => {
    wire.close()
    await kit.f.close()
  })

  kit.readGrant = async (path) =>
    (await kit.f.call('local.grant', { paths: [path], write: false }))[0]?.id ?? ''
  kit.folderGrant = async (path) => {
    await mkdir(path, { recursive: true })
    return (await kit.f.call('local.grant', { paths: [path], write: true }))[0]?.id ?? ''
  }
  kit.plan = async (paths, prefix = '') => {
    const grants = await kit.f.call('local.grant', { paths: [...paths], write: false })
    let mine = ''
    const seen = new Map<string, UploadPlan>()
    return new Promise<UploadPlan>((resolve, reject) => {
      const look = (): void => {
        const found = seen.get(mine)
        if (found === undefined) return
        off()
        resolve(found)
      }
      const off = kit.f.bridge.on('plan.changed', (one) => {
        if (one.phase !== 'counting') seen.set(one.id, one)
        look()
      })
      kit.f
        .call('uploads.plan', { ...PLACE, prefix, grants: grants.map(({ id }) => id) })
        .then((begun) => ((mine = begun.id), look()), reject)
    })
  }
  kit.start = (planId, change = {}) =>
    kit.f.call('uploads.start', {
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
  kit.up = async (paths, prefix, change) =>
    kit.f.ended(await kit.start((await kit.plan(paths, prefix)).id, change))
  kit.down = async (keys, folder, change = {}) =>
    kit.f.ended(
      await kit.f.call('downloads.start', {
        ...PLACE,
        keys: [...keys],
        target: await kit.folderGrant(join(folder.startsWith('/') ? '' : kit.f.folder, folder)),
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
  kit.raw = async (key, headers, body) =>
    void (await putSmall(kit.oss, { ...PLACE, key, headers, body, forbidOverwrite: false }, never))
  kit.headers = async (key) => {
    const { headers } = await headObject(kit.oss, PLACE.bucket, key, never)
    return Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-oss-meta-')))
  }
  kit.remove = (key) => deleteObject(kit.oss, PLACE.bucket, key, never)
  kit.exists = (key) =>
    headObject(kit.oss, PLACE.bucket, key, never).then(
      () => true,
      () => false,
    )
  kit.uploadsLeft = async () =>
    (await listUploads(kit.oss, { bucket: PLACE.bucket, prefix: '' }, never)).length
  return kit
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
