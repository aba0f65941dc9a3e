import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send } from '../practice/harness.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

/** An Undo of a deletion never touches an object that came meanwhile. */

let f: Fixture
beforeAll(async () => void (f = await openFixture()))
afterAll(() => f.close())

const at = { profileId: 'practice', bucket: 'practice-bucket' }
const put = (key: string, body: string) => send(f.practice, { method: 'PUT', key, body })
const bodyOf = async (key: string): Promise<string | null> => {
  const answer = await send(f.practice, { key })
  return answer.status === 200 ? answer.text : null
}
const versioning = (status: 'Enabled' | 'Suspended') =>
  send(f.practice, {
    method: 'PUT',
    query: { versioning: null },
    body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
  })
const remove = (keys: readonly string[]) => f.call('objects.remove', { ...at, keys: [...keys] })

test('a bucket that never had versioning has no markers', async () => {
  await put('never', 'x')
  expect(await remove(['never'])).toEqual({ removed: 1, missing: [], markers: [] })
})

describe('with versioning', () => {
  beforeAll(async () => void (await versioning('Enabled')))

  test('every deleted object is there again, byte for byte', async () => {
    const keys = ['a', 'b/c d', '税务.txt', '#?%']
    for (const key of keys) await put(key, `body of ${key}`)
    const { markers } = await remove(keys)
    expect(markers.map(({ key }) => key).sort()).toEqual([...keys].sort())
    for (const key of keys) expect(await bodyOf(key)).toBeNull()
    const restored = await f.call('objects.restore', { ...at, markers: [...markers] })
    expect([...restored.restored].sort()).toEqual([...keys].sort())
    expect(restored.taken).toEqual([])
    for (const key of keys) expect(await bodyOf(key)).toBe(`body of ${key}`)
  })

  test('an object that came meanwhile stays the current one', async () => {
    await put('late', 'old')
    const { markers } = await remove(['late'])
    await put('late', 'new')
    expect(await f.call('objects.restore', { ...at, markers: [...markers] })).toEqual({
      restored: [],
      taken: ['late'],
    })
    expect(await bodyOf('late')).toBe('new')
  })

  test('an object that somebody deleted again is not said to be restored', async () => {
    await put('twice', 'old')
    const { markers } = await remove(['twice'])
    await put('twice', 'new')
    await send(f.practice, { method: 'DELETE', key: 'twice' })
    expect(await f.call('objects.restore', { ...at, markers: [...markers] })).toEqual({
      restored: [],
      taken: ['twice'],
    })
    expect(await bodyOf('twice')).toBeNull()
    const listed = await send(f.practice, { query: { versions: null, prefix: 'twice' } })
    expect(listed.text).toContain('<DeleteMarker>')
  })

  test('a second Undo of the same deletion changes nothing', async () => {
    await put('again', 'one')
    const { markers } = await remove(['again'])
    await f.call('objects.restore', { ...at, markers: [...markers] })
    await put('again', 'two')
    await f.call('objects.restore', { ...at, markers: [...markers] })
    expect(await bodyOf('again')).toBe('two')
  })
})

test('in a bucket with suspended versioning a deletion has no marker to remove', async () => {
  await versioning('Suspended')
  await put('suspended', 'x')
  expect((await remove(['suspended'])).markers).toEqual([])
})
