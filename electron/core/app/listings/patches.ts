import { folderRow } from '../../../../shared/contract/folder-row.ts'
import type { ProfileId } from '../../../../shared/contract/models.ts'
import { oneAtATime } from '../../base/turns.ts'
import type { Indexes } from '../../index/indexes.ts'
import type { RemoteIndex } from '../../index/index-thread.ts'
import { compareKeys } from '../../oss/list-pages.ts'
import { listObjects } from '../../oss/objects.ts'
import type { Oss } from '../../oss/client.ts'
import type { Connections } from '../profiles/connections.ts'
import { folderOf } from '../objects/key-names.ts'
import type { Listings } from './listings.ts'

/** Objects of one bucket that this app wrote or deleted. */
export interface OwnChanges {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly written: readonly string[]
  readonly deleted: readonly string[]
}

interface Needs {
  readonly indexes: Indexes
  readonly connections: Connections
  readonly listings: Pick<Listings, 'rowsChanged'>
}

/** Rows of one page that looks for written objects. */
const PAGE = 1000
/** Emptied folders that are looked for after one change. */
const MOST_EMPTIED = 100

/**
 * Returns a function that brings changes of this app into the index. Written objects are listed
 * again, since OSS knows their time and class. Only folders that are listed already are patched. A
 * patch that fails leaves old rows until the next refresh.
 */
export function rowPatches({ indexes, connections, listings }: Needs) {
  const inTurn = oneAtATime()
  const never = new AbortController().signal

  const isKnown = async (index: RemoteIndex, bucket: string, prefix: string): Promise<boolean> => {
    const { asOf, cursor } = await index.opened({ bucket, prefix, depth: 'level' })
    return asOf !== null || cursor !== null
  }
  /** Lists the ranges of a folder that have these keys, in order. */
  const listAgain = async (
    index: RemoteIndex,
    oss: Oss,
    bucket: string,
    prefix: string,
    keys: readonly string[],
  ): Promise<void> => {
    for (let left = keys; left.length > 0;) {
      // A name that sorts before the first key, and behind almost every other earlier name.
      const after = Array.from(left[0] ?? '')
        .slice(0, -1)
        .join('')
      const page = await listObjects(
        oss,
        { bucket, prefix, delimiter: '/', cursor: null, after, max: left.length === 1 ? 10 : PAGE },
        never,
      )
      const through = page.cursor === null ? null : (page.rows.at(-1)?.key ?? null)
      if (page.cursor !== null && through === null) return
      await index.replacePage({
        bucket,
        prefix,
        depth: 'level',
        after,
        through,
        rows: page.rows,
        listing: null,
      })
      left = through === null ? [] : left.filter((key) => compareKeys(key, through) > 0)
    }
  }
  const addWritten = async (
    index: RemoteIndex,
    oss: Oss,
    bucket: string,
    written: readonly string[],
  ): Promise<void> => {
    const folders = new Map<string, string[]>()
    for (const key of written) {
      const path = folderOf(key)
      folders.set(path, [...(folders.get(path) ?? []), key])
    }
    for (const [path, keys] of folders) {
      if (await isKnown(index, bucket, path)) {
        await listAgain(index, oss, bucket, path, keys.toSorted(compareKeys))
        continue
      }
      // The first folder above that is listed gets a row for the folder below it.
      for (let below = path; below !== ''; below = folderOf(below)) {
        if (!(await isKnown(index, bucket, folderOf(below)))) continue
        await index.upsert(bucket, [folderRow(below)], [])
        break
      }
    }
  }
  /** Removes the rows of folders that have no object any more. */
  const dropEmptied = async (
    index: RemoteIndex,
    oss: Oss,
    bucket: string,
    emptied: readonly string[],
  ): Promise<void> => {
    let looks = 0
    for (let paths = emptied; paths.length > 0;) {
      const gone: string[] = []
      for (const prefix of paths) {
        if (looks++ >= MOST_EMPTIED) break
        const wanted = { bucket, prefix, delimiter: '', cursor: null, max: 1 }
        if ((await listObjects(oss, wanted, never)).rows.length === 0) gone.push(prefix)
      }
      paths = gone.length === 0 ? [] : await index.remove(bucket, [], gone)
    }
  }

  return ({ profileId, bucket, written, deleted }: OwnChanges): Promise<void> =>
    inTurn(async () => {
      // Opening an empty index costs a command of the terminal a fifth of its time.
      if (!indexes.has(profileId)) return
      const index = await indexes.of(profileId)
      const oss = connections.bucket(profileId, bucket)
      if (deleted.length > 0)
        await dropEmptied(index, oss, bucket, await index.remove(bucket, deleted, []))
      if (written.length > 0) await addWritten(index, oss, bucket, written)
      await listings.rowsChanged(profileId, bucket)
    }).catch(() => undefined)
}
