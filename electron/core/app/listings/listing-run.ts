import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { ObjectPage } from '../../../../shared/contract/models.ts'
import { IndexReset } from '../../index/indexes.ts'
import type { RemoteIndex } from '../../index/index-thread.ts'
import type { IndexPlace, ListingRecord } from '../../index/port.ts'
import type { Oss } from '../../oss/client.ts'
import { listObjects } from '../../oss/objects.ts'

const PAGE = 1000
/** Rows of the first page of a folder, as many as a window shows first. */
const FIRST_PAGE = 200
/** The most times that a listing starts again because the index was reset. */
const MOST_RESETS = 3

export interface ListingRun {
  readonly place: IndexPlace
  /** Opens the index of the profile. */
  index(): Promise<RemoteIndex>
  oss(): Oss
  readonly signal: AbortSignal
  /** True: the listing starts at the beginning, and not behind its last page. */
  readonly isNew: boolean
  /** Hears of each page that the index has. */
  readonly onPage: (record: ListingRecord) => void
}

/**
 * Lists a place into the index, page after page. The next page is asked for while the index takes
 * the one before. The first page goes alone, since a user waits for its rows. The index holds the
 * cursor, so a listing that broke off continues behind its last page. Throws Failure.
 */
export async function runListing(run: ListingRun): Promise<void> {
  let { isNew } = run
  let pages = 0
  const onPage: ListingRun['onPage'] = (record) => {
    pages++
    run.onPage(record)
  }
  for (let resets = 0; ;) {
    try {
      return await listOnce({ ...run, onPage }, isNew)
    } catch (cause) {
      const isReset = cause instanceof IndexReset && resets < MOST_RESETS
      const isStale = isStaleCursor(cause) && !isNew && pages === 0
      if (!isReset && !isStale) throw failureOf(cause)
      if (isReset) resets++
      isNew = true
    }
  }
}

async function listOnce(run: ListingRun, isNew: boolean): Promise<void> {
  const { place, signal } = run
  const { bucket, prefix, depth } = place
  const oss = run.oss()
  const isLevel = depth === 'level'
  const ask = (cursor: string | null): Promise<ObjectPage> => {
    const max = isLevel && cursor === null ? FIRST_PAGE : PAGE
    const page = listObjects(
      oss,
      { bucket, prefix, delimiter: isLevel ? '/' : '', cursor, max },
      signal,
    )
    // The page may fail while the index still takes the one before.
    page.catch(() => undefined)
    return page
  }
  // The first page of a new listing is asked for while the index opens.
  const first = isNew ? ask(null) : null
  const index = await run.index()
  const before = await index.opened(place)
  const goesOn = !isNew && before.cursor !== null
  let [after, listed] = goesOn ? [before.after, before.listed] : ['', 0]
  let next: Promise<ObjectPage> | null = first ?? ask(goesOn ? before.cursor : null)
  for (let isFirst = true; next !== null; isFirst = false) {
    const { rows, cursor }: ObjectPage = await next
    signal.throwIfAborted()
    next = cursor === null || isFirst ? null : ask(cursor)
    const through = rows.at(-1)?.key ?? after
    listed += rows.length
    run.onPage(
      await index.replacePage({
        ...place,
        after,
        through: cursor === null ? null : through,
        rows,
        listing: { cursor, listed, now: Date.now() },
      }),
    )
    after = through
    if (isFirst && cursor !== null) next = ask(cursor)
  }
}

/** Tells whether the server does not know a cursor of an earlier listing any more. */
const isStaleCursor = (cause: unknown): boolean =>
  cause instanceof Failure &&
  (cause.error.code === 'bad-request' ||
    cause.error.code === 'bad-answer' ||
    (cause.error.code === 'oss' && cause.error.status === 400))

const failureOf = (cause: unknown): unknown =>
  cause instanceof IndexReset
    ? new Failure({ code: 'index', problem: 'damaged' } satisfies AppError)
    : cause
