import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron'
import type { AppError, Result } from '../../shared/contract/errors.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import type { PathGrants } from '../core/app/core.ts'

export interface HostDialogs {
  pickFiles(): Promise<readonly Grant[] | null>
  pickFolders(): Promise<readonly Grant[] | null>
  pickTarget(): Promise<Grant | null>
  /** Grants access to dropped files. `paths`: as the preload reports them. */
  dropped(paths: unknown): Promise<readonly Grant[]>
}

/** The most items that one drop may name. */
const MAX_DROPPED = 10_000

/**
 * Opens the system's own dialogs, and returns the user's choice as grants. A path that cannot be
 * granted is reported in `problem`; the others are granted.
 */
export function hostDialogs(
  window: BrowserWindow,
  grants: PathGrants,
  problem: (error: AppError) => void,
): HostDialogs {
  const choose = async (options: OpenDialogOptions): Promise<readonly string[] | null> => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options)
    return canceled || filePaths.length === 0 ? null : filePaths
  }
  const granted = async (
    paths: readonly string[],
    grant: (path: string) => Promise<Result<Grant>>,
  ): Promise<readonly Grant[]> => {
    const results = await Promise.all(paths.map(grant))
    return results.flatMap((result) => {
      if (result.ok) return [result.value]
      problem(result.error)
      return []
    })
  }
  const pick = async (
    properties: NonNullable<OpenDialogOptions['properties']>,
  ): Promise<readonly Grant[] | null> => {
    const paths = await choose({ properties })
    return paths === null ? null : granted(paths, grants.forReading)
  }

  return {
    pickFiles: () => pick(['openFile', 'multiSelections', 'showHiddenFiles']),
    pickFolders: () => pick(['openDirectory', 'multiSelections', 'showHiddenFiles']),
    async pickTarget() {
      const paths = await choose({
        properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
      })
      return paths === null
        ? null
        : ((await granted(paths.slice(0, 1), grants.forWriting))[0] ?? null)
    },
    async dropped(paths) {
      if (!Array.isArray(paths)) return []
      // A File that a script made has an empty path.
      const named = paths
        .slice(0, MAX_DROPPED)
        .filter((path): path is string => typeof path === 'string' && path !== '')
      return granted(named, grants.forReading)
    },
  }
}
