import { kindOfExtension } from '../../../../shared/contract/file-kinds.ts'
import type { IndexFilter } from '../../../../shared/contract/models-index.ts'
import { GONE, type Columns } from './columns.ts'
import { folded } from '../folded.ts'
import { globTest, regexTest, textInGlob } from './regex.ts'
import type { Tables } from '../tables.ts'
import { FOLDER, STATES } from '../write-rows.ts'

/** Tells whether a filter has conditions that only files can meet. */
export const isForFiles = (filter: IndexFilter): boolean =>
  (['kinds', 'larger', 'smaller', 'newer', 'older', 'classes', 'states', 'keyId'] as const).some(
    (name) => filter[name] !== undefined,
  )

/** Tells whether a filter has no condition. */
export const isNoFilter = (filter: IndexFilter): boolean =>
  !isForFiles(filter) && (['text', 'glob', 'regex'] as const).every((name) => !filter[name])

/** Folds a text like a name. A slash at its end is a part of the text. */
export const foldedText = (text: string): string =>
  text.endsWith('/') ? `${folded(text)}/` : folded(text)

/** Returns a 1 for each row that meets a filter. Throws Failure 'bad-filter'. */
export function maskOf(rows: Columns, tables: Tables, filter: IndexFilter): Uint8Array {
  const { text = '', glob = '', regex = '', kinds: types, classes, states, keyId } = filter
  const { count, kinds, sizes, times } = rows
  const mask = new Uint8Array(count)
  const onlyFiles = isForFiles(filter)
  const larger = filter.larger ?? Number.NEGATIVE_INFINITY
  const smaller = filter.smaller ?? Number.POSITIVE_INFINITY
  const newer = filter.newer === undefined ? Number.NEGATIVE_INFINITY : Date.parse(filter.newer)
  const older = filter.older === undefined ? Number.POSITIVE_INFINITY : Date.parse(filter.older)
  for (let place = 0; place < count; place++) {
    const kind = kinds[place]
    if (kind !== GONE && (kind !== FOLDER || !onlyFiles)) mask[place] = 1
  }
  if (filter.larger !== undefined || filter.smaller !== undefined)
    for (let place = 0; place < count; place++) {
      const size = sizes[place] as number
      if (size <= larger || size >= smaller) mask[place] = 0
    }
  if (filter.newer !== undefined || filter.older !== undefined)
    for (let place = 0; place < count; place++) {
      const time = times[place] as number
      if (time < newer || time >= older) mask[place] = 0
    }
  const words = classes?.map((name) => tables.findWord(name))
  if (words !== undefined) keepValues(mask, rows.classes, words)
  const numbers = states?.map((state) => STATES.indexOf(state))
  if (numbers !== undefined) keepValues(mask, rows.states, numbers)
  if (keyId !== undefined) keepValues(mask, rows.keys, [tables.findWord(keyId)])
  if (text !== '') rows.names.keepText(mask, foldedText(text))
  if (glob !== '') {
    const one = foldedText(glob)
    const test = globTest(one)
    const wanted = textInGlob(one)
    // Most names are left out by a text, which is found faster.
    if (wanted !== '') rows.names.keepText(mask, wanted)
    rows.names.keepPassing(mask, test)
  }
  if (types !== undefined)
    rows.names.keepExtensions(mask, (extension) => types.includes(kindOfExtension(extension)))
  if (regex !== '') {
    const { test, within } = regexTest(regex)
    within(() => rows.names.keepPassing(mask, test))
  }
  return mask
}

/** Removes the rows from a mask that have none of some values. */
function keepValues(
  mask: Uint8Array,
  values: Uint8Array | Uint16Array,
  wanted: readonly (number | null)[],
): void {
  const isWanted = new Uint8Array(0x10000)
  for (const one of wanted) if (one !== null) isWanted[one] = 1
  for (let place = 0; place < mask.length; place++)
    if (isWanted[values[place] as number] === 0) mask[place] = 0
}
