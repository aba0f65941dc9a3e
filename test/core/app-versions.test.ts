import { afterAll, beforeAll, expect, test } from 'vitest'
import { jobRecordOf } from '../../electron/core/app/kinds/kinds.ts'
import { inside, send } from '../practice/harness.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

let f: Fixture
beforeAll(async () => void (f = await openFixture()))
afterAll(() => f.close())

const at = { profileId: 'practice', bucket: 'practice-bucket' }

test('facts, preview and sniff are of the version that is named, and of the current one without', async () => {
  const put = async (body: string): Promise<string | undefined> =>
    (await send(f.practice, { method: 'PUT', key: 'k', body })).headers['x-oss-version-id']
  expect(await f.call('objects.facts', { ...at, key: 'anyone-can-read-this.txt' })).toMatchObject({
    versionId: null,
  })
  await put('without a version')
  await send(f.practice, {
    method: 'PUT',
    query: { versioning: null },
    body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  })
  const [first, second] = [(await put('one')) ?? '', (await put('second')) ?? '']
  const look = { offset: 0, length: 100, keyId: null }
  for (const [versionId, text] of [
    ['null', 'without a version'],
    [first, 'one'],
    [second, 'second'],
  ] as const) {
    const object = { ...at, key: 'k', versionId }
    expect(await f.call('objects.facts', object)).toMatchObject({ versionId, size: text.length })
    expect(await f.preview({ ...object, ...look })).toMatchObject({ text })
    expect(await f.call('objects.sniff', object)).toBeNull()
  }
  expect(await f.call('objects.facts', { ...at, key: 'k' })).toMatchObject({ versionId: second })
  const object = { ...at, key: 'k', versionId: null }
  expect(await f.preview({ ...object, ...look })).toMatchObject({ text: 'second' })
  await send(f.practice, { method: 'DELETE', key: 'k' })
  const listed = await send(f.practice, { query: { versions: null, prefix: 'k' } })
  const marker = inside(listed.text, 'VersionId') ?? ''
  for (const versionId of [null, marker])
    await expect(f.call('objects.facts', { ...object, versionId })).rejects.toMatchObject({
      error: { code: 'not-found', what: 'object', name: 'k' },
    })
})

test('a download that was noted before versions means the current one', () => {
  const record = {
    version: 1,
    kind: 'download',
    profileId: 'practice',
    bucket: 'b',
    key: 'k',
    path: '/home/user/k',
    target: 'user',
    existing: 'fail',
    keyIds: [],
  }
  expect(jobRecordOf(record)?.record).toMatchObject({ versionId: null })
  expect(jobRecordOf({ ...record, versionId: 'CAE1' })?.record).toMatchObject({ versionId: 'CAE1' })
})
