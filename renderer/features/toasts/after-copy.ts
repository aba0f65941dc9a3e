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

/** An object that a copy or a move wrote, as it was found right afterwards. */
interface Written {
  /** The chosen key that it belongs to: its own old name, or a folder above. */
  readonly root: string
  readonly from: string
  readonly key: string
  readonly etag: string
  readonly modified: string
}

/** The most objects that an Undo takes back. Each needs a request now and one later. */
const MOST_BACK = 200

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
  const written = await writtenBack(input, ended)
  const undo = input.move ? moveBack : removeCopies
  showToast({
    text,
    shown: { kind: 'objects', place: to, keys },
    ...(written !== null && { undo: () => undo(words, input, written) }),
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
 * Returns the objects that an Undo takes back, those in folders too. They are objects of one
 * account that replaced nothing, each with a transfer of its own. Null when one of them is not
 * known, was skipped, or has another name. Objects that come later are not among them.
 */
async function writtenBack(
  input: Copies,
  ended: readonly Transfer[],
): Promise<readonly Written[] | null> {
  const { keys, under, query, itself, existing } = input
  const isSimple =
    existing !== 'replace' &&
    under === undefined &&
    query === undefined &&
    itself === undefined &&
    input.from.profileId === input.to.profileId &&
    ended.length <= MOST_BACK
  if (!isSimple) return null
  const pairs = ended.flatMap(({ outcome }) => sourceOf(input, outcome?.copied?.key) ?? [])
  const roots = new Set(pairs.map(({ root }) => root))
  if (pairs.length < ended.length || !keys.every((key) => roots.has(key))) return null
  try {
    return await Promise.all(
      pairs.map(async (pair) => ({ ...pair, ...(await stateOf(input.to, pair.key)) })),
    )
  } catch {
    return null
  }
}

/** Returns the old name of a written object; null for a name that the command did not give. */
function sourceOf(
  { keys, toKey, toPrefix }: Copies,
  key: string | undefined,
): Pick<Written, 'root' | 'from' | 'key'> | null {
  for (const root of key === undefined ? [] : keys) {
    const isFolder = root.endsWith('/')
    const target = toKey ?? `${toPrefix ?? ''}${lastOf(root)}${isFolder ? '/' : ''}`
    if (key === target) return { root, from: root, key }
    if (isFolder && key?.startsWith(target) === true)
      return { root, from: `${root}${key.slice(target.length)}`, key }
  }
  return null
}

async function stateOf(at: Copies['to'], key: string): Promise<Pick<Written, 'etag' | 'modified'>> {
  const { etag, modified } = await call('objects.facts', { ...at, key })
  return { etag, modified }
}

/** Tells whether an object is still the one that was written. */
async function isUnchanged(at: Copies['to'], one: Written): Promise<boolean> {
  const now = await stateOf(at, one.key).catch(() => null)
  return now?.etag === one.etag && now.modified === one.modified
}

/**
 * Moves objects back to their old names. An object that changed meanwhile stays, and so does one
 * whose old name is taken by now: rule 'fail'. The toast comes when the moves have ended.
 */
async function moveBack(words: Words, input: Copies, moved: readonly Written[]): Promise<void> {
  const checked = await Promise.all(
    moved.map(async (one) =>
      (await isUnchanged(input.to, one)) && !(await isTaken(input.from, one.from)) ? one : null,
    ),
  )
  const back = checked.filter((one) => one !== null)
  const place: Place = { ...input.from, prefix: parentOf(moved[0]?.root ?? '') }
  const keys = [...new Set(back.map(({ root }) => root))]
  const ended = () =>
    showToast({
      text: backText(words, moved, back),
      shown: { kind: 'objects', place, keys },
    })
  if (back.length === 0) return ended()
  expectKeys(place, keys)
  const ids = await Promise.all(
    back.map(({ key, from }) =>
      call('copies.start', {
        from: { ...input.to },
        keys: [key],
        // The object of a folder stands for itself, and not for what came into the folder.
        ...(key.endsWith('/') && { itself: [key] }),
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

/**
 * Deletes copies again. A copy that changed meanwhile stays. OSS has no deletion with a condition,
 * so a copy that is replaced between the look and the request is deleted.
 */
async function removeCopies(
  { t, q }: Words,
  { to }: Copies,
  copies: readonly Written[],
): Promise<void> {
  const checked = await Promise.all(
    copies.map(async (one) => ((await isUnchanged(to, one)) ? one.key : null)),
  )
  const keys = checked.filter((key) => key !== null)
  if (keys.length > 0) await call('objects.remove', { ...to, keys })
  const n = q.count(keys.length)
  showToast({
    text:
      keys.length < copies.length
        ? t('objects:done.copiesRemovedPart', { n, all: q.count(copies.length) })
        : t('objects:done.copiesRemoved', { count: keys.length, n }),
  })
}

function backText({ t, q }: Words, moved: readonly Written[], back: readonly Written[]): string {
  const [first] = back
  if (back.length < moved.length)
    return t('objects:done.movedBackPart', {
      count: moved.length,
      n: q.count(back.length),
      all: q.count(moved.length),
    })
  return back.length === 1
    ? t('objects:done.movedBack', { name: shownName(lastOf(first?.root ?? '')) })
    : t('objects:done.movedBackMany', { n: q.count(back.length) })
}
