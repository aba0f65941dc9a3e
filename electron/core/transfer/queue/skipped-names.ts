import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TransferId } from '../../../../shared/contract/models.ts'
import { openFileList, type FileList } from '../../store/file-list.ts'

/**
 * The names of the rows that batches skipped: a list on the disk for each batch, because there may
 * be millions. A list ends when its batch is off the list of transfers.
 */
export interface SkippedNames {
  /**
   * Adds the names that one unit skipped. `index`: the number of the unit's first row. A unit that
   * runs again after a kill may add its names again; {@link read} returns them once. Throws Failure
   * 'disk-full', 'target-unwritable'.
   */
  add(id: TransferId, index: number, names: readonly string[]): void
  /** Returns at most `count` names from number `offset` on, in the order of their skipping. */
  read(id: TransferId, offset: number, count: number): readonly string[]
  remove(id: TransferId): void
  close(): void
}

/** The file ending of a list. Its name is the id of the batch. */
const SKIPPED_FILE = '.skipped'
/** A kill repeats only the units that ran, and these are fewer rows. */
const REPEATED_WITHIN = 100_000

/** Opens the lists in a folder. `folder`: an absolute path. */
export function openSkippedNames(folder: string): SkippedNames {
  const open = new Map<TransferId, FileList>()
  const pathOf = (id: TransferId): string => join(folder, `${id}${SKIPPED_FILE}`)
  const listOf = (id: TransferId): FileList => {
    const list = open.get(id) ?? openFileList(pathOf(id))
    open.set(id, list)
    return list
  }
  return {
    add(id, index, names) {
      const list = listOf(id)
      for (const path of names) list.add({ root: index, path, size: 0, modified: 0 })
      list.flush()
    },
    read(id, offset, count) {
      if (!open.has(id) && !existsSync(pathOf(id))) return []
      const reader = listOf(id).reader()
      const names: string[] = []
      const recent = new Set<string>()
      let at = 0
      for (let one = reader.next(); one !== null && names.length < count; one = reader.next()) {
        const { root, path } = one.file
        const row = `${root} ${path}`
        if (recent.has(row)) continue
        if (recent.size === REPEATED_WITHIN) recent.clear()
        recent.add(row)
        if (at++ >= offset) names.push(path)
      }
      return names
    },
    remove(id) {
      open.get(id)?.close()
      open.delete(id)
      rmSync(pathOf(id), { force: true })
    },
    close() {
      for (const list of open.values()) list.close()
      open.clear()
    },
  }
}
