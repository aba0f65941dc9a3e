import { expect, test } from 'vitest'
import { fileKindOf } from '../../shared/contract/file-kinds.ts'

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
