import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binary } from '../../electron/practice/oss/request/binary.ts'
import { KeyIndex } from '../../electron/practice/oss/store/key-index.ts'
import { madeUpKey, madeUpVersion } from '../../electron/practice/oss/store/made-up.ts'
import { MadeUpKeys } from '../../electron/practice/oss/store/made-up-keys.ts'
import type { Version } from '../../electron/practice/oss/store/version-index.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { deleteObject } from '../../electron/core/oss/object-deletes.ts'
import { getRange, listObjects, putSmall } from '../../electron/core/oss/objects.ts'
import { ok } from '../../shared/contract/errors.ts'
import { startPractice } from '../tools/practice.ts'

const stored = (key: string): Version => ({ ...madeUpVersion(0, 10), key, bytes: 7 })

test('keys of rising numbers are in the order of their bytes', () => {
  for (const count of [1, 2, 100, 3000]) {
    const keys = Array.from({ length: count }, (_, number) => binary(madeUpKey(number, count)))
    expect(keys).toEqual(keys.toSorted())
    expect(new Set(keys).size).toBe(count)
  }
})

test('with objects written and deleted, made-up keys are an index like any other', () => {
  const count = 60
  const key = fc.oneof(
    fc.integer({ min: 0, max: count - 1 }).map((number) => madeUpKey(number, count)),
    fc.constantFrom('a', 'camera/', 'camera/IMG_00000003.jpg.bak', 'photos/x', 'z'),
  )
  const change = fc.record({ key, isDeletion: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), fc.array(key), (changes, bounds) => {
      const made = new MadeUpKeys(count)
      const plain = new KeyIndex<Version>()
      plain.load(Array.from({ length: count }, (_, number) => madeUpVersion(number, count)))
      for (const index of [made, plain])
        for (const one of changes)
          if (one.isDeletion) index.delete(one.key)
          else index.set(stored(one.key))
      expect(made.size).toBe(plain.size)
      expect([...made.values()].map((one) => one.key)).toEqual(
        Array.from({ length: plain.size }, (_, at) => plain.at(at)?.[1].key),
      )
      for (const bound of bounds) {
        expect(made.firstAt(binary(bound))).toBe(plain.firstAt(binary(bound)))
        expect(made.get(bound)).toEqual(plain.get(bound))
        expect(made.at(made.firstAt(binary(bound)))).toEqual(plain.at(plain.firstAt(binary(bound))))
      }
    }),
  )
})

test('the practice bucket lists made-up objects, reads them, and remembers changes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'made-up-'))
  const wire = openHttpClient()
  const signal = new AbortController().signal
  const open = async () => {
    const practice = await startPractice({ directory, madeUp: 5000 })
    const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
    const credentials = async () => ok({ accessKeyId, accessKeySecret, securityToken: null })
    const oss = openOss({ endpoint, region, credentials }, wire)
    const listed = async (prefix: string) => {
      const keys: string[] = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof listObjects>> = await listObjects(
          oss,
          { bucket, prefix, delimiter: '', cursor, max: 1000 },
          signal,
        )
        keys.push(...page.rows.map((row) => row.key))
        cursor = page.cursor
      } while (cursor !== null)
      return keys
    }
    return { practice, oss, bucket, listed }
  }
  try {
    const first = await open()
    expect(await first.listed('')).toHaveLength(5000)
    const { rows } = await listObjects(
      first.oss,
      { bucket: first.bucket, prefix: '', delimiter: '/', cursor: null, max: 10 },
      signal,
    )
    expect(rows.map((row) => row.key)).toEqual(['camera/', 'photos/'])
    const key = madeUpKey(3, 5000)
    const { size } = madeUpVersion(3, 5000)
    const range = { bucket: first.bucket, key, offset: size - 3, length: 3, ifMatch: null }
    const piece = await getRange(first.oss, range, signal)
    expect((await piece.body.toArray()).join('')).toHaveLength(3)
    await deleteObject(first.oss, first.bucket, key, signal)
    const body = Buffer.from('mine')
    await putSmall(
      first.oss,
      { bucket: first.bucket, key: madeUpKey(4, 5000), headers: {}, body, forbidOverwrite: false },
      signal,
    )
    await first.practice.close()
    const second = await open()
    const keys = await second.listed('camera/IMG_0000000')
    expect(keys).toHaveLength(9)
    expect(keys).not.toContain(key)
    await second.practice.close()
  } finally {
    wire.close()
    rmSync(directory, { recursive: true, force: true })
  }
})
