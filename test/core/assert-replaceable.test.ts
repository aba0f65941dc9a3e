import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, PART, plaintext } from './transfer-kit.ts'

const k = kit()

/** The look at the object right before it is replaced, in each of the three ways to write it. */
test.each([
  ['a small file', 1000],
  ['one request', 300_000],
  ['parts', 4 * PART],
])('%s: another object under the name is not replaced', async (_way, size) => {
  const path = join(k.dir, 'source.bin')
  await writeFile(path, plaintext(size))
  const other = Buffer.from('of somebody else')
  const object = { bucket: k.bucket, key: 'source.bin', headers: {}, body: other }
  await putSmall(k.oss, { ...object, forbidOverwrite: false }, never)
  const job = { key: 'source.bin', replace: true }
  expect(await errorOf(k.up(path, { ...job, taken: async () => true }))).toEqual({
    code: 'object-exists',
    key: 'source.bin',
    why: 'changed',
  })
  expect((await k.stored('source.bin')).equals(other)).toBe(true)
  expect(await k.uploadsLeft()).toBe(0)
  await k.up(path, { ...job, taken: async () => false })
  expect((await k.stored('source.bin')).length).toBe(size)
})
