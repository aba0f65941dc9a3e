import { expect, test } from 'vitest'
import type { RowsQuery } from '../../electron/core/index/port.ts'
import { openRowIndex } from '../../electron/core/index/row-index.ts'
import { madeUpKey, madeUpVersion } from '../../electron/practice/oss/store/made-up.ts'
import type { ObjectRow } from '../../shared/contract/models.ts'

/** A sync of many objects. `SLOW=1`: a million. */
const OBJECTS = process.env['SLOW'] === '1' ? 1_000_000 : 50_000
const PAGE = 1000
const B = 'bucket'

const rowOf = (number: number): ObjectRow => {
  const { key, size, etag, modified, storageClass } = madeUpVersion(number, OBJECTS)
  return { key, kind: 'file', size, etag, modified: new Date(modified).toISOString(), storageClass }
}

test(`windows of ${OBJECTS} objects are those of a sort in memory`, async () => {
  const index = await openRowIndex(':memory:', '')
  if (index === null) throw new Error('no index')
  for (let at = 0; at < OBJECTS; at += PAGE) {
    const isLast = at + PAGE >= OBJECTS
    index.replacePage({
      bucket: B,
      prefix: '',
      depth: 'below',
      after: at === 0 ? '' : madeUpKey(at - 1, OBJECTS),
      through: isLast ? null : madeUpKey(at + PAGE - 1, OBJECTS),
      rows: Array.from({ length: PAGE }, (_, i) => rowOf(at + i)),
      listing: { cursor: isLast ? null : 'next', listed: at + PAGE, now: 1 },
    })
  }
  const numbers = Array.from({ length: OBJECTS }, (_, number) => number)
  const flat = numbers.filter((number) => number < OBJECTS / 2)
  const level: RowsQuery = {
    scope: { bucket: B, prefix: 'camera/', depth: 'level' },
    sort: { by: 'name', down: false },
    filter: {},
    keyOrder: [],
    mayBeOld: false,
  }
  const sizes = new Map(flat.map((number) => [number, madeUpVersion(number, OBJECTS).size]))
  const sizeOf = (number: number): number => sizes.get(number) ?? 0
  // Rising numbers are rising names.
  const bySize = flat.toSorted((a, b) => sizeOf(b) - sizeOf(a) || a - b)
  const orders = [
    [level, flat],
    [{ ...level, sort: { by: 'size', down: true } }, bySize],
    [
      { ...level, filter: { text: '77' } },
      flat.filter((n) => String(n).padStart(8, '0').includes('77')),
    ],
    [
      { ...level, sort: { by: 'size', down: true }, filter: { regex: '5\\.jpg$' } },
      bySize.filter((number) => number % 10 === 5),
    ],
  ] as const satisfies readonly (readonly [RowsQuery, readonly number[]])[]
  for (const [query, order] of orders)
    for (const offset of [0, 1990, Math.floor(order.length / 2), order.length - 50]) {
      const { files, rows } = index.query(query, offset, 100)
      expect(files).toBe(order.length)
      expect(rows.map(({ key }) => key)).toEqual(
        order.slice(offset, offset + 100).map((number) => madeUpKey(number, OBJECTS)),
      )
    }
  const all = index.query({ ...level, scope: { bucket: null, prefix: '', depth: 'below' } }, 0, 0)
  const bytes = numbers.reduce((sum, number) => sum + madeUpVersion(number, OBJECTS).size, 0)
  expect(all).toMatchObject({ files: OBJECTS, bytes })
  expect(index.counts(B, '', 1)).toMatchObject({ objects: OBJECTS, bytes })
  index.close()
}, 600_000)
