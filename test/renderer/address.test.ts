import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownSteps } from '../../renderer/features/objects/list/crumb-fold.ts'
import { hashOf, viewIn } from '../../renderer/state/address.ts'

test('an address leads back to where it was made, whatever the names', () => {
  const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(
      part,
      part,
      fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 8 }),
      (profileId, bucket, names) => {
        const place = {
          profileId,
          bucket,
          prefix: names.map((name) => `${name.replaceAll('/', '')}/`).join(''),
        }
        expect(viewIn(hashOf({ page: 'objects', place }))).toEqual({ page: 'objects', place })
      },
    ),
  )
})

test.each([
  '',
  '.',
  '..',
  'a//b',
  '?',
  '#',
  '%',
  '%2F',
  'a?sort=size',
  '50% #1 ?',
  '税务/申报',
  'a\\b',
  ' ',
  '\u202e',
])('a folder named %j has an address', (name) => {
  const place = { profileId: 'p', bucket: 'b', prefix: name === '' ? '' : `${name}/` }
  const sort = { by: 'size', down: true } as const
  const hash = hashOf({ page: 'objects', place, sort })
  expect(hash).toMatch(/^#\/p\/b\/[^?#]*\?sort=-size$/)
  expect(viewIn(hash)).toEqual({ page: 'objects', place, sort })
  // The parser of the browser leaves the address as it is.
  expect(new URL(hash, 'app://cipherbucket/index.html').hash).toBe(hash)
})

test('an order is in the address, save the order of names', () => {
  const place = { profileId: 'p', bucket: 'b', prefix: '' }
  for (const by of ['name', 'size', 'modified', 'class'] as const)
    for (const down of [false, true]) {
      const hash = hashOf({ page: 'objects', place, sort: { by, down } })
      const plain = by === 'name' && !down
      expect(hash.includes('?')).toBe(!plain)
      expect(viewIn(hash)).toEqual({
        page: 'objects',
        place,
        ...(!plain && { sort: { by, down } }),
      })
    }
})

test.each([
  ['#keys', { page: 'keys' }],
  ['#/p/b', { page: 'objects', place: { profileId: 'p', bucket: 'b', prefix: '' } }],
  ['#/p/b/', { page: 'objects', place: { profileId: 'p', bucket: 'b', prefix: '' } }],
  ['#/p/b/a', { page: 'objects', place: { profileId: 'p', bucket: 'b', prefix: 'a/' } }],
  ['#/p/b/a//', { page: 'objects', place: { profileId: 'p', bucket: 'b', prefix: 'a//' } }],
  [
    '#/p/b/?sort=-size',
    {
      page: 'objects',
      place: { profileId: 'p', bucket: 'b', prefix: '' },
      sort: { by: 'size', down: true },
    },
  ],
  ['#/p/b/?sort=nothing', { page: 'objects', place: { profileId: 'p', bucket: 'b', prefix: '' } }],
  ['#/p/b/?x', { page: 'objects', place: { profileId: 'p', bucket: 'b', prefix: '' } }],
  ['', null],
  ['#', null],
  ['#nothing', null],
  ['#/p', null],
  ['#//b', null],
  ['#/p/b/%E0%A4%A', null],
])('%j means %j', (hash, view) => expect(viewIn(hash)).toEqual(view))

// Source: IsaacInsoll/PICR 61.
test.each([
  ['all fit', [60, 60, 60, 60], 240, { first: true, from: 1 }],
  ['the middle folds', [60, 60, 60, 60, 60], 240, { first: true, from: 3 }],
  ['as many as fit', [60, 60, 60, 60, 60], 285, { first: true, from: 2 }],
  ['the first folds too', [60, 60, 60, 60, 60], 180, { first: false, from: 3 }],
  ['the last two always', [200, 200, 200], 50, { first: false, from: 1 }],
  ['two never fold', [200, 200], 50, { first: true, from: 1 }],
  ['one', [200], 0, { first: true, from: 1 }],
])('of a path, %s', (_what, widths, room, expected) =>
  expect(shownSteps(widths, room)).toEqual(expected),
)

test('the open folder and the one above it are seen at any depth and width', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 20, max: 200 }), { minLength: 2, maxLength: 80 }),
      fc.integer({ min: 0, max: 2000 }),
      (widths, room) => {
        const { first, from } = shownSteps(widths, room)
        expect(from).toBeLessThanOrEqual(Math.max(1, widths.length - 2))
        expect(from).toBeGreaterThanOrEqual(1)
        const shown =
          widths.slice(from).reduce((sum, width) => sum + width, 0) +
          (first ? (widths[0] ?? 0) : 0) +
          (from > 1 || !first ? 40 : 0)
        if (widths.length > 2 && shown > room)
          expect([first, from]).toEqual([false, widths.length - 2])
      },
    ),
  )
})
