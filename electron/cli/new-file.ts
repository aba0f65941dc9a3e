import { rm, writeFile } from 'node:fs/promises'
import { Failure } from '../../shared/contract/errors.ts'

/**
 * Writes a new file for its owner alone before the work, so that nothing exists whose passphrase
 * is nowhere. The file goes away with a failure.
 */
export async function withNewFile<T>(
  path: string,
  text: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    throw new Failure(
      code === 'EEXIST'
        ? { code: 'target-exists', path }
        : { code: 'target-unwritable', path, reason: code },
    )
  }
  try {
    return await work()
  } catch (cause) {
    await rm(path, { force: true })
    throw cause
  }
}
