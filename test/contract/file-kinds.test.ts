import { expect, test } from 'vitest'
import { extensionsOf, FILE_KINDS, fileKindOf } from '../../shared/contract/file-kinds.ts'

test.each([
  ['harbour.JPG', 'picture'],
  ['a/b/scan.tiff', 'picture'],
  ['IMG_1.heic', 'picture'],
  ['film.avi', 'video'],
  ['song.opus', 'sound'],
  ['report.pdf', 'document'],
  ['table.xlsx', 'document'],
  ['table.csv', 'text'],
  ['code.ts', 'text'],
  ['dump.sql.gz', 'archive'],
  ['base.sqlite', 'other'],
  ['README', 'other'],
  ['.png', 'other'],
  ['x.pdf/notes', 'other'],
  ['png', 'other'],
  ['a.', 'other'],
])('%s: %s', (key, kind) => expect(fileKindOf(key)).toBe(kind))

test('each extension has one type, in lower case, without signs that SQL would read', () => {
  const all = FILE_KINDS.flatMap(extensionsOf)
  expect(new Set(all).size).toBe(all.length)
  expect(all.filter((extension) => !/^[a-z0-9]+$/.test(extension))).toEqual([])
  for (const kind of FILE_KINDS)
    for (const extension of extensionsOf(kind)) expect(fileKindOf(`a.${extension}`)).toBe(kind)
})
