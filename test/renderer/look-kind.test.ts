import { expect, test } from 'vitest'
import { lookKind } from '../../renderer/features/look/look-kind.ts'

/** Extension first, then the media type; everything else may be text. */
test.each([
  ['a.txt', 'text/plain', 'text'],
  ['notes', 'application/octet-stream', 'text'],
  ['a.json', 'application/json', 'text'],
  ['harbour.svg', 'image/svg+xml', 'picture'],
  ['README', '', 'text'],
  ['.env', '', 'text'],
  ['a.pdf', 'text/plain', 'pdf'],
  ['A.PDF', 'application/octet-stream', 'pdf'],
  ['a', 'application/pdf', 'pdf'],
  ['photo.png', 'image/png', 'picture'],
  ['photo', 'image/png', 'picture'],
  ['IMG_1.HEIC', '', 'heic'],
  ['scan.tiff', '', 'tiff'],
  ['scan', 'image/tiff', 'tiff'],
  ['photo', 'image/x-canon-cr2', 'none'],
  ['film.mp4', '', 'video'],
  ['film', 'video/mp4', 'video'],
  ['film.avi', '', 'none'],
  ['song.flac', '', 'audio'],
  ['table.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'none'],
  ['table', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'none'],
  ['a.docx', '', 'none'],
  ['code.ts', 'video/mp2t', 'text'],
  ['feed', 'application/atom+xml', 'text'],
  ['a.csv', 'text/csv', 'text'],
  ['dump.sql.gz', '', 'none'],
  ['pdf', '', 'text'],
  ['x.pdf/notes', '', 'text'],
])('%s of type %s is shown as %s', (key, type, kind) => expect(lookKind(key, type)).toBe(kind))
