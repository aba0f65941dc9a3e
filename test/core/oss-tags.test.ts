import { describe, expect, test } from 'vitest'
import { putTags, readTags, tagsOf, type ObjectTag } from '../../electron/core/oss/tags.ts'
import { headVersion, putSmall } from '../../electron/core/oss/objects.ts'
import { setVersioning } from '../../electron/core/oss/versions.ts'
import { bench, errorOf, never } from './oss-practice.ts'

const at = bench()
const KEY = 'tagged ü'
const ref = (versionId: string | null = null) => ({ bucket: at.bucket, key: KEY, versionId })
const put = async (headers: Record<string, string> = {}): Promise<string> => {
  const object = { bucket: at.bucket, key: KEY, headers, forbidOverwrite: false }
  return (await putSmall(at.oss, { ...object, body: Buffer.from('x') }, never)).versionId ?? ''
}
const count = async (versionId: string | null = null) =>
  (await headVersion(at.oss, ref(versionId), never)).headers.get('x-oss-tagging-count')
const many = (length: number): readonly ObjectTag[] =>
  Array.from({ length }, (_, i) => [`key ${i}`, `/ü=+-_:. ${i}`])

describe('tags of an object', () => {
  test('are read as they were written, in any letters that OSS takes', async () => {
    await put()
    expect([await readTags(at.oss, ref(), never), await count()]).toEqual([[], undefined])
    for (const tags of [many(10), many(1), []]) {
      await putTags(at.oss, ref(), tags, never)
      expect(await readTags(at.oss, ref(), never)).toEqual(tags)
      expect(await count()).toBe(tags.length === 0 ? undefined : String(tags.length))
    }
  })

  test('come with the object, and are those of one version', async () => {
    await setVersioning(at.oss, at.bucket, 'enabled', never)
    const [first, second] = [await put({ 'x-oss-tagging': 'a=1&b=%C3%BC' }), await put()]
    expect(await readTags(at.oss, ref(first), never)).toEqual([
      ['a', '1'],
      ['b', 'ü'],
    ])
    await putTags(at.oss, ref(first), [['c', '']], never)
    expect([await tagsOf(at.oss, ref(first), never), await count(first)]).toEqual(['c', '1'])
    expect(await readTags(at.oss, ref(second), never)).toEqual([])
    expect(await readTags(at.oss, ref(), never)).toEqual([])
  })

  test('are refused beyond the limits, before anything is sent', async () => {
    await put()
    await putTags(at.oss, ref(), [['k'.repeat(128), 'v'.repeat(256)]], never)
    const before = at.practice.log.entries().length
    expect(await errorOf(putTags(at.oss, ref(), many(11), never))).toEqual({
      code: 'too-many',
      limit: 10,
    })
    for (const tag of [
      ['', ''],
      ['k'.repeat(129), ''],
      ['k', 'v'.repeat(257)],
      ['k', '\u0001'],
    ] as const)
      await expect(putTags(at.oss, ref(), [tag], never)).rejects.toThrow(RangeError)
    expect(at.practice.log.entries().length).toBe(before)
  })

  test.each([true, false])('a refusal names the permission (%s)', async (names) => {
    await put()
    at.practice.faults.add({ match: {}, do: { kind: 'no-tagging', names }, times: Infinity })
    const denied = { code: 'access-denied', ossCode: 'AccessDenied' }
    const action = 'oss:PutObjectTagging'
    expect(await errorOf(putTags(at.oss, ref(), many(1), never))).toMatchObject({
      ...denied,
      action,
    })
    expect(await errorOf(put({ 'x-oss-tagging': 'a=1' }))).toMatchObject({
      ...denied,
      action: names ? action : 'oss:PutObject',
    })
    expect(await readTags(at.oss, ref(), never)).toEqual([])
    await put()
    at.practice.faults.clear()
  })

  test('of an object that is not there are an error', async () => {
    const missing = { code: 'not-found', what: 'object', name: KEY }
    expect(await errorOf(readTags(at.oss, ref(), never))).toEqual(missing)
    expect(await errorOf(putTags(at.oss, ref(), many(1), never))).toEqual(missing)
  })
})
