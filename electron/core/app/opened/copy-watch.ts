import { unwatchFile, watchFile } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { MasterKeyId, TransferId } from '../../../../shared/contract/models.ts'
import type { EditedCopy, EditId, EditState } from '../../../../shared/contract/models-edits.ts'
import { oneAtATime, type InTurn } from '../../base/turns.ts'
import { identify } from '../../files/file-source.ts'
import type { StoredFacts } from '../../transfer/run/stored-facts.ts'
import { copyPath, lookAtCopy, writeEditRecord, type EditRecord } from './edit-record.ts'

/** The watch of one edited copy, until the copy is removed or left. */
export interface CopyWatch {
  readonly id: EditId
  readonly path: string
  record(): EditRecord
  model(): EditedCopy
  /** Compares the copy with its object now. Resolves with the state. */
  compare(): Promise<EditState>
  /** Runs work on the copy after the work before it. */
  readonly inTurn: InTurn
  /** Notes the transfer that uploads the copy, or null. */
  setTransfer(id: TransferId | null): void
  /** Notes the object that the copy became. A copy that changed since then counts as changed. */
  rebase(facts: StoredFacts, keyId: MasterKeyId): Promise<void>
  /** Ends the watch. The copy stays. */
  leave(): void
  /** Ends the watch, and removes the copy. */
  remove(): Promise<void>
}

interface CopyWatchOptions {
  readonly id: EditId
  /** The folder of this edit. */
  readonly folder: string
  readonly record: EditRecord
  readonly isLeftover: boolean
  /** Milliseconds between two looks at the facts of the file. */
  readonly lookEveryMs: number
  /** Called when the model is another one. */
  readonly changed: () => void
  readonly masked: (cause: unknown) => void
}

/** Watches a copy whose record is written. */
export function watchCopy(options: CopyWatchOptions): CopyWatch {
  const { id, folder, isLeftover, lookEveryMs, changed, masked } = options
  const path = copyPath(folder, options.record.name)
  let { record } = options
  let look: Awaited<ReturnType<typeof lookAtCopy>> = null
  let state: EditState = 'unchanged'
  let transferId: TransferId | null = null
  const inTurn = oneAtATime()
  let timer: NodeJS.Timeout | undefined

  const compareNow = async (): Promise<EditState> => {
    look = await lookAtCopy(path, look)
    const before = state
    // A program that saves by rename may have ended in between. Its file is still here then.
    if (look === null) state = (await namesIn(dirname(path))).length > 0 ? 'changed' : 'gone'
    else state = look.content.sha256 === record.content?.sha256 ? 'unchanged' : 'changed'
    if (state !== before) changed()
    return state
  }
  const compare = (): Promise<EditState> => inTurn(compareNow)
  // A file that is being saved is looked at when it rests. The path is watched and not the file, so
  // that a file that takes the place of another is seen too.
  const touched = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void compare().catch(masked), lookEveryMs)
  }
  watchFile(path, { interval: lookEveryMs, persistent: false }, touched)
  // The watch tells of no change that came before its own first look.
  touched()
  const leave = (): void => {
    clearTimeout(timer)
    unwatchFile(path, touched)
  }

  return {
    id,
    path,
    record: () => record,
    model() {
      const { profileId, bucket, key, keyId } = record
      return { id, profileId, bucket, key, keyId, state, isLeftover, transferId }
    },
    compare,
    inTurn,
    setTransfer(next) {
      transferId = next
      changed()
    },
    rebase: (facts, keyId) =>
      inTurn(async () => {
        const now = await identify(path).catch(() => null)
        const isSent =
          now !== null &&
          now.size === facts.size &&
          Number(now.mtimeNs / 1_000_000n) === facts.mtimeMs
        const sent = isSent ? await lookAtCopy(path, look) : null
        const { key, etag } = facts
        record = { ...record, key, etag, keyId, content: sent?.content ?? null }
        await writeEditRecord(folder, record)
        await compareNow()
      }),
    leave,
    async remove() {
      leave()
      await removeCopy(folder)
    },
  }
}

/** Returns the names in a folder; none for a folder that is not there. */
export const namesIn = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch(() => [])

/**
 * Removes the folder of an edit. The record goes first: a program may hold the copy, and a copy
 * without a record is removed at the next start.
 */
export async function removeCopy(folder: string): Promise<void> {
  await rm(join(folder, 'record.json'), { force: true }).catch(() => undefined)
  await rm(folder, { recursive: true, force: true }).catch(() => undefined)
}
