import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import { freshPractice } from './harness.ts'
import { VERSION_WALK } from './version-walk.ts'

interface Told {
  readonly res: { readonly status: number; readonly headers: Readonly<Record<string, string>> }
}
interface Row {
  readonly name: string
  readonly versionId: string
  readonly isLatest?: boolean
}
interface Deleted {
  readonly Key: string
  readonly VersionId: string
  readonly DeleteMarker?: string
}
/** The calls that are tried of a client that has no types of its own. */
interface Client {
  putBucket(name: string): Promise<unknown>
  useBucket(name: string): void
  deleteBucket(name: string): Promise<Told>
  getBucketVersioning(name: string): Promise<{ readonly versionStatus?: string }>
  putBucketVersioning(name: string, status: string): Promise<unknown>
  put(key: string, body: Buffer): Promise<Told>
  get(key: string, options?: object): Promise<Told & { readonly content: Buffer }>
  head(key: string, options?: object): Promise<Told>
  delete(key: string, options?: object): Promise<Told>
  copy(key: string, source: string, options?: object): Promise<Told>
  deleteMulti(objects: readonly object[]): Promise<{ readonly deleted: readonly Deleted[] }>
  getBucketVersions(query: object): Promise<{
    readonly objects: readonly Row[]
    readonly deleteMarker: readonly Row[]
    readonly isTruncated: boolean
    readonly nextKeyMarker: string | null
    readonly nextVersionIdMarker: string | null
  }>
}
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: object) => Client

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterAll(() => practice.close())

test.each([
  ['V4', true],
  ['V1', false],
])('ali-oss, signature %s, sees versions as OSS shows them', async (name, authorizationV4) => {
  const { endpoint, accessKeyId, accessKeySecret } = practice
  const oss = new OSS({
    region: 'oss-cn-hangzhou',
    endpoint,
    accessKeyId,
    accessKeySecret,
    secure: false,
    sldEnable: true,
    authorizationV4,
  })
  const bucket = `versions-${name.toLowerCase()}`
  await oss.putBucket(bucket)
  oss.useBucket(bucket)
  expect(await walk(oss, bucket)).toEqual(VERSION_WALK)
})

async function walk(oss: Client, bucket: string): Promise<readonly string[]> {
  const steps: string[] = []
  const names = new Map<string, string>()
  const nameOf = (id = ''): string => {
    if (id === '' || id === 'null') return id
    if (!names.has(id)) names.set(id, `v${names.size + 1}`)
    return names.get(id) ?? ''
  }
  const idIn = ({ res }: Told): string => res.headers['x-oss-version-id'] ?? ''
  const versioning = async (status?: string): Promise<void> => {
    if (status !== undefined) await oss.putBucketVersioning(bucket, status)
    const found = await oss.getBucketVersioning(bucket)
    steps.push(`versioning: ${found.versionStatus ?? 'none'}`)
  }
  const put = async (step: string, key: string, body: string): Promise<string> => {
    const id = idIn(await oss.put(key, Buffer.from(body)))
    steps.push(`${step}: ${nameOf(id)}`)
    return id
  }
  const get = async (step: string, key: string, versionId?: string): Promise<void> => {
    const found = await oss.get(key, versionId === undefined ? {} : { versionId }).then(
      ({ content }) => content.toString(),
      ({ status, code }: { status: number; code: string }) => `${status} ${code}`,
    )
    steps.push(`${step}: ${found}`)
  }
  const remove = async (step: string, key: string, versionId?: string): Promise<string> => {
    const gone = await oss.delete(key, versionId === undefined ? {} : { versionId })
    const marker = gone.res.headers['x-oss-delete-marker'] === 'true' ? 'marker ' : ''
    steps.push(`${step}: ${marker}${nameOf(idIn(gone))}`)
    return idIn(gone)
  }
  const list = async (): Promise<readonly { key: string; versionId: string }[]> => {
    const [all, rows] = [[] as { key: string; versionId: string }[], [] as string[]]
    let from: object = {}
    let pages = 0
    for (let isCut = true; isCut; pages++) {
      const page = await oss.getBucketVersions({ maxKeys: 1, ...from })
      for (const [kind, found] of [
        ['', page.objects],
        [' marker', page.deleteMarker],
      ] as const)
        for (const { name, versionId, isLatest } of found) {
          all.push({ key: name, versionId })
          // This client does not say of a delete marker whether it is the latest version.
          const latest = isLatest === true || (kind !== '' && name === 'k') ? ' latest' : ''
          rows.push(`${name} ${nameOf(versionId)}${kind}${latest}`)
        }
      isCut = page.isTruncated
      from = { keyMarker: page.nextKeyMarker, versionIdMarker: page.nextVersionIdMarker }
    }
    steps.push(`list in ${pages} pages: ${rows.sort().join(' | ')}`)
    return all
  }

  await versioning()
  await versioning('Enabled')
  const [first, second] = [await put('put', 'k', 'one'), await put('put', 'k', 'second')]
  await put('put other', 'other', 'x')
  await list()
  await get('get v1', 'k', first)
  const old = await oss.head('k', { versionId: first })
  steps.push(`head ${nameOf(idIn(old))}: ${old.res.headers['content-length'] ?? ''} bytes`)
  steps.push(`head: ${nameOf(idIn(await oss.head('k')))}`)
  const marker = await remove('delete', 'k')
  await get('get', 'k')
  await get('get v4', 'k', marker)
  await remove('delete v4', 'k', marker)
  await get('get', 'k')
  const copied = await oss.copy('copy', 'k', { versionId: first })
  const source = copied.res.headers['x-oss-copy-source-version-id']
  steps.push(`copy of v1: ${nameOf(idIn(copied))} of ${nameOf(source)}`)
  await get('get copy', 'copy')
  await remove('delete v2', 'k', second)
  await get('get', 'k')
  await versioning('Suspended')
  await put('put', 'k', 'third')
  await put('put', 'k', 'fourth')
  await remove('delete', 'k')
  const { deleted } = await oss.deleteMulti(await list())
  const gone = deleted.map(
    ({ Key, VersionId, DeleteMarker }) =>
      `${Key} ${nameOf(VersionId)}${DeleteMarker === 'true' ? ' marker' : ''}`,
  )
  steps.push(`delete several: ${gone.sort().join(' | ')}`)
  await list()
  steps.push(`delete the bucket: ${(await oss.deleteBucket(bucket)).res.status}`)
  return steps
}
