// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import {
  dragOutProblem,
  MOST_BYTES,
  MOST_FILES,
} from '../../renderer/features/drag-out/use-drag-out.ts'
import { chosenRows, type Chosen } from '../../renderer/queries/chosen.ts'

const PLACE = { profileId: 'p', bucket: 'b', prefix: '' }
const row = (key: string, size = 1) => ({
  key,
  kind: key.endsWith('/') ? ('folder' as const) : ('file' as const),
  size,
  modified: '',
  etag: '',
  storageClass: '',
})
const files = (count: number, size = 1): Chosen =>
  chosenRows(
    PLACE,
    Array.from({ length: count }, (_, i) => row(`${i}`, size)),
  )

test.each<readonly [string, Chosen, ReturnType<typeof dragOutProblem>]>([
  ['one file', files(1), null],
  ['the most files', files(MOST_FILES), null],
  ['one file more', files(MOST_FILES + 1), 'tooMany'],
  ['the most bytes', files(2, MOST_BYTES / 2), null],
  ['one byte more', chosenRows(PLACE, [row('a', MOST_BYTES), row('b', 1)]), 'tooLarge'],
  ['a folder', chosenRows(PLACE, [row('a/')]), 'folder'],
  ['a file and a folder', chosenRows(PLACE, [row('b'), row('a/')]), 'folder'],
  ['everything in a folder', { ...files(0), isMore: 'folder' }, 'folder'],
  ['all rows of a search', { ...files(0), isMore: 'filter' }, 'tooMany'],
  ['rows that are not loaded', { ...files(1), count: 2 }, 'tooMany'],
])('%s', (_name, chosen, problem) => expect(dragOutProblem(chosen)).toBe(problem))
