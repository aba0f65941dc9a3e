import { describe, expect, test } from 'vitest'
import { jobRecordOf } from '../../electron/core/app/kinds/kinds.ts'
import { deleteObject } from '../../electron/core/oss/object-deletes.ts'
import { headObject, headVersion, putSmall } from '../../electron/core/oss/objects.ts'
import { listVersions, setVersioning } from '../../electron/core/oss/versions.ts'
import { copyKit, type Where } from './copy-kit.ts'
import { errorOf, never } from './oss-practice.ts'
import { PART, plaintext } from './transfer-kit.ts'

const k = copyKit()
const LARGE = 4 * PART + 7

const P = 'x-oss-meta-client-side-encryption-'
const SEALED = {
  [`${P}key`]: 'a2V5',
  [`${P}start`]: 'c3RhcnQ=',
  [`${P}cek-alg`]: 'AES/CTR/NoPadding',
  [`${P}wrap-alg`]: 'custom',
}

/** Two versions of `source`; the older one has `body` and a tag. Returns the id of the older. */
async function twoVersions(body: Buffer): Promise<string> {
  await setVersioning(k.oss, k.bucket, 'enabled', never)
  const headers = { ...SEALED, 'x-oss-meta-a': 'old', 'x-oss-tagging': 'a=old' }
  const object = { bucket: k.bucket, key: 'source', forbidOverwrite: false }
  const { versionId } = await putSmall(k.oss, { ...object, body, headers }, never)
  await putSmall(k.oss, { ...object, body: Buffer.from('the newer one'), headers: {} }, never)
  return versionId ?? ''
}

const idsOf = async (key: string): Promise<readonly string[]> =>
  (
    await listVersions(
      k.oss,
      { bucket: k.bucket, prefix: key, delimiter: '', cursor: null, max: 100 },
      never,
    )
  ).rows.map(({ versionId }) => versionId)

const WAYS: readonly (readonly [Where, number])[] = [
  ['here', 100],
  ['beside', 100],
  ['elsewhere', 100],
  ['elsewhere', LARGE],
]

describe.each(WAYS)('one version, to %s, %s bytes', (to, size) => {
  test('a copy is of this version, with its headers', async () => {
    const body = plaintext(size)
    const versionId = await twoVersions(body)
    await k.copy(k.copyJob('here', to, { versionId }))
    const made = await k.at(to, 'target')
    expect(made?.bytes.equals(body)).toBe(true)
    expect(made?.head.headers.get('x-oss-meta-a')).toBe('old')
    expect(made?.head.headers.get('x-oss-tagging-count')).toBe('1')
    expect(await idsOf('source')).toContain(versionId)
  })

  test('a move deletes exactly this version', async () => {
    const body = plaintext(size)
    const versionId = await twoVersions(body)
    const [newer] = await idsOf('source')
    await k.copy(k.copyJob('here', to, { versionId, removeSource: true }))
    expect((await k.at(to, 'target'))?.bytes.equals(body)).toBe(true)
    expect(await idsOf('source')).toEqual([newer])
  })

  test('a current object that is moved stays as a version, under a delete marker', async () => {
    const versionId = await twoVersions(plaintext(size))
    const ids = await idsOf('source')
    await k.copy(k.copyJob('here', to, { removeSource: true }))
    expect((await k.at(to, 'target'))?.bytes.toString()).toBe('the newer one')
    expect(await k.at('here', 'source')).toBeNull()
    expect(await idsOf('source')).toEqual([expect.anything(), ...ids])
    expect(ids).toContain(versionId)
  })
})

test('a version becomes the current object again, also where the object was deleted', async () => {
  const body = plaintext(300)
  const versionId = await twoVersions(body)
  const restore = (existing: 'fail' | 'replace') =>
    k.copy(k.copyJob('here', 'here', { versionId, toKey: 'source', existing }))
  expect(await errorOf(restore('fail'))).toEqual({ code: 'object-exists', key: 'source' })
  await restore('replace')
  const current = await k.at('here', 'source')
  expect(current?.bytes.equals(body)).toBe(true)
  for (const [name, value] of Object.entries({ ...SEALED, 'x-oss-meta-a': 'old' }))
    expect(current?.head.headers.get(name)).toBe(value)
  await deleteObject(k.oss, k.bucket, 'source', never)
  await restore('fail')
  expect((await k.at('here', 'source'))?.bytes.equals(body)).toBe(true)
  expect(await idsOf('source')).toContain(versionId)
})

test('a version of the very same content and second is another object; the current one is not', async () => {
  await setVersioning(k.oss, k.bucket, 'enabled', never)
  const put = () => k.put('here', 'source', Buffer.from('same'))
  const [first, second] = [await put(), await put()]
  const move = (versionId: string | null) =>
    k.copy(
      k.copyJob('here', 'here', {
        versionId,
        toKey: 'source',
        existing: 'replace',
        removeSource: true,
      }),
    )
  expect(await errorOf(move(second.versionId))).toEqual({ code: 'name-taken', name: 'source' })
  await move(first.versionId)
  expect(await idsOf('source')).toEqual([second.versionId])
})

test('a version that is gone is not found, and nothing is written', async () => {
  const versionId = await twoVersions(plaintext(10))
  await k.copy(k.copyJob('here', 'here', { versionId, removeSource: true }))
  await deleteObject(k.oss, k.bucket, 'target', never)
  expect(await errorOf(k.copy(k.copyJob('here', 'here', { versionId })))).toMatchObject({
    code: 'not-found',
    name: 'source',
  })
  expect(await errorOf(headObject(k.oss, k.bucket, 'target', never))).toMatchObject({
    code: 'not-found',
  })
})

test('a version that is read in parts is read by its id and ETag', async () => {
  const versionId = await twoVersions(plaintext(LARGE))
  const { etag } = await headVersion(k.oss, { bucket: k.bucket, key: 'source', versionId }, never)
  await k.copy(k.copyJob('here', 'elsewhere', { versionId }))
  const reads = k.practice.log
    .entries()
    .filter(
      ({ method, key, query }) => method === 'GET' && key === 'source' && !query.has('tagging'),
    )
  expect(reads.length).toBeGreaterThan(1)
  for (const { query } of reads) expect(query.get('versionId')).toBe(versionId)
  expect(etag).not.toBe('')
})

const RECORD = {
  kind: 'copy',
  from: { profileId: 'p', bucket: 'b', key: 'k' },
  to: { profileId: 'p', bucket: 'b', key: 'k2' },
}
const ofOne = { ...RECORD, version: 2, from: { ...RECORD.from, versionId: 'CAE1' } }
test.each([
  ['of today', RECORD, null],
  ['of version 1', { ...RECORD, version: 1 }, null],
  ['that names a version', ofOne, 'CAE1'],
])('a record %s is read', (_name, record, versionId) => {
  expect(jobRecordOf(record)?.record).toMatchObject({ from: { versionId } })
})
test('a record of a later version is not read', () => {
  expect(jobRecordOf({ ...ofOne, version: 3 })).toBeNull()
})
