import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { fileFailure } from '../stream/place-file.ts'
import { openSink } from '../stream/file-sink.ts'

/**
 * Writes a small file whole or not at all, readable by its owner only, under the name asked for or, when that is taken,
 * `name (2).ext`. Answers with the path. Errors: Failure 'target-unwritable', 'disk-full'.
 */
export async function saveText(path: string, text: string): Promise<string> {
  const sink = await openSink(path, Buffer.byteLength(text))
  try {
    await chmod(sink.temporary, 0o600)
    await writeFile(sink.temporary, text)
    const placed = await sink.place('rename')
    if (placed === null) throw new Error('a sink that may rename always places')
    return placed
  } catch (cause) {
    await sink.abort()
    throw fileFailure(cause, path, 0)
  }
}

/** Makes a folder and those above it. Errors: Failure 'target-unwritable', 'disk-full'. */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (cause) {
    throw fileFailure(cause, path, 0)
  }
}
