import type { FileSystem } from '../../../../shared/format/object-names.ts'

/** The file system whose rules the names of files follow on this computer. */
export const FILE_SYSTEM: FileSystem = process.platform === 'win32' ? 'windows' : 'posix'
