import type { TransferId } from '../../../shared/contract/models.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import { call } from '../../queries/core.ts'
import { isTaken, type Place } from '../../queries/objects.ts'
import { awaitTransfers } from '../../state/awaited-transfers.ts'
import { expectKeys } from '../../state/selection.ts'
import { showToast } from '../../state/toast.ts'
import { lastOf, parentOf } from '../../state/ui.ts'
import type { Quantities } from '../../text/quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import type { Text } from '../../text/use-text.tsx'
import { folderText } from '../objects/list/rows.ts'
type Copies = In<'copies.start'>

/** An object that a move wrote, as it was found right after the move. */
interface Moved {
  readonly from: string
  readonly key: string
  readonly etag: string
  readonly modified: string
}

/** The most objects that a toast offers to move back. Each needs a request now and one later. */
const MOST_BACK = 20

/** The words of the window, and the transfers as it knows them. */
export interface Words {
  readonly t: Text
  readonly q: Quantities
  readonly known: (id: TransferId) => Transfer | undefined
}

/** Says what was copied, moved or renamed, once all transfers of it have ended well. */
export async function sayCopied(
  words: Words,
  input: Copies,
  ended: readonly Transfer[],
): Promise<void> {
  const { t, q } = words
  const keys = writtenKeys(input, ended)
  const objects = ended.reduce((sum, transfer) => sum + writtenBy(transfer), 0)
  if (objects === 0) return
  const [first = ''] = keys
  const to = { ...input.to, prefix: input.toPrefix ?? parentOf(input.toKey ?? '') }
  const name = shownName(lastOf(first))
  const place = shownName(folderText(to.bucket, to.prefix))
  const one = keys.length === 1 && ended.length === 1
  const many = { count: objects, n: q.count(objects), place }
  const text =
    input.toKey !== null
      ? t('objects:done.renamed', { name })
      : input.move
        ? one
          ? t('objects:done.moved', { name, place })
          : t('objects:done.movedMany', many)
        : one
          ? t('objects:done.copied', { name, place })
          : t('objects:done.copiedMany', many)
  const moved = await movedBack(input, ended)
  showToast({
    text,
    shown: { kind: 'objects', place: to, keys },
    ...(moved !== null && { undo: () => moveBack(words, input, moved) }),
  })
}

/** Number of objects that a transfer wrote. */
function writtenBy({ outcome }: Transfer): number {
  if (outcome?.many !== undefined) return outcome.many.objects - outcome.many.skipped
  return outcome?.copied === undefined ? 0 : 1
}

/** The keys at the target that the user sees: objects and folders of its first level. */
function writtenKeys(input: Copies, ended: readonly Transfer[]): readonly string[] {
  if (input.toKey !== null) return [input.toKey]
  const written = ended.flatMap(({ outcome }) => outcome?.copied?.key ?? [])
  const folders = input.keys
    .filter((key) => key.endsWith('/'))
    .map((key) => `${input.toPrefix ?? ''}${lastOf(key)}/`)
  return [...new Set([...folders, ...written.filter((key) => !key.endsWith('/'))])].filter(
    (key) => parentOf(key) === (input.toPrefix ?? ''),
  )
}

/**
 * Returns the objects that can be moved back: single objects of one account that replaced nothing.
 * Null when there are none, or when one of them is not what was moved. Of a folder nobody knows
 * what came into it meanwhile.
 */
async function movedBack(
  input: Copies,
  ended: readonly Transfer[],
): Promise<readonly Moved[] | null> {
  const { keys, under, query, itself, existing } = input
  const isSimple =
    input.move &&
    existing !== 'replace' &&
    under === undefined &&
    query === undefined &&
    itself === undefined &&
    input.from.profileId === input.to.profileId &&
    keys.length === ended.length &&
    keys.length <= MOST_BACK &&
    keys.every((key) => !key.endsWith('/'))
  if (!isSimple) return null
  const byName = new Map(keys.map((key) => [lastOf(key), key]))
  const pairs = ended.flatMap(({ outcome }) => {
    const key = outcome?.copied?.key
    const from = input.toKey === null ? byName.get(lastOf(key ?? '')) : keys[0]
    return key === undefined || from === undefined ? [] : [{ key, from }]
  })
  if (pairs.length < keys.length || byName.size < keys.length) return null
  try {
    return await Promise.all(
      pairs.map(async ({ key, from }) => ({ key, from, ...(await stateOf(input.to, key)) })),
    )
  } catch {
    return null
  }
}

async function stateOf(at: Copies['to'], key: string): Promise<Pick<Moved, 'etag' | 'modified'>> {
  const { etag, modified } = await call('objects.facts', { ...at, key })
  return { etag, modified }
}

/**
 * Moves objects back to their old names. An object that changed meanwhile stays, and so does one
 * whose old name is taken by now: rule 'fail'. The toast comes when the moves have ended.
 */
async function moveBack(words: Words, input: Copies, moved: readonly Moved[]): Promise<void> {
  const checked = await Promise.all(
    moved.map(async (one) => {
      const now = await stateOf(input.to, one.key).catch(() => null)
      const same = now?.etag === one.etag && now.modified === one.modified
      return same && !(await isTaken(input.from, one.from)) ? one : null
    }),
  )
  const back = checked.filter((one) => one !== null)
  const place: Place = { ...input.from, prefix: parentOf(moved[0]?.from ?? '') }
  const keys = back.map(({ from }) => from)
  const ended = () =>
    showToast({
      text: backText(words, moved, keys),
      shown: { kind: 'objects', place, keys },
    })
  if (back.length === 0) return ended()
  expectKeys(place, keys)
  const ids = await Promise.all(
    back.map(({ key, from }) =>
      call('copies.start', {
        from: { ...input.to },
        keys: [key],
        to: { ...input.from },
        toPrefix: null,
        toKey: from,
        move: true,
        existing: 'fail',
      }),
    ),
  )
  awaitTransfers(ids.flat(), words.known, ended)
}

function backText({ t, q }: Words, moved: readonly Moved[], keys: readonly string[]): string {
  const [first = ''] = keys
  if (keys.length < moved.length)
    return t('objects:done.movedBackPart', {
      count: moved.length,
      n: q.count(keys.length),
      all: q.count(moved.length),
    })
  return keys.length === 1
    ? t('objects:done.movedBack', { name: shownName(lastOf(first)) })
    : t('objects:done.movedBackMany', { n: q.count(keys.length) })
}
