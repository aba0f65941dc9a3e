import type { FileSystem } from '../../../../shared/format/object-names.ts'

/** Whose rules names of files follow on this computer. */
export const FILE_SYSTEM: FileSystem = process.platform === 'win32' ? 'windows' : 'posix'
