import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../base/replace-file.ts'
import { isSegmentName, MOST_SEGMENT_BYTES, segmentName } from './segment.ts'

/** Bounds of the folder. Each segment has up to a thousand envelopes. */
const MOST_SEGMENTS = 50_000
const MOST_BYTES = 4 * 1024 * 1024 * 1024

/** The segments on this computer, one file each, under their names. */
export interface VaultFolder {
  names(): Promise<readonly string[]>
  /** Returns a segment; null where it is gone, damaged, or not the one of its name. */
  read(name: string): Promise<Buffer | null>
  /** Writes a segment and returns its name; null when the folder is full. */
  add(segment: Uint8Array): Promise<string | null>
  /** Segments and bytes in the folder. */
  size(): Promise<{ readonly segments: number; readonly bytes: number }>
}

/**
 * Opens the folder at `path`, which need not exist. A segment is written whole under another name
 * first, so a crash leaves all of it or nothing. Two processes can add at the same time.
 */
export function openVaultFolder(path: string): VaultFolder {
  const names = async (): Promise<readonly string[]> => {
    const found = await readdir(path).catch((): string[] => [])
    return found.filter(isSegmentName).toSorted()
  }
  const size: VaultFolder['size'] = async () => {
    const all = await names()
    let bytes = 0
    for (const name of all)
      bytes += await stat(join(path, name)).then(
        (found) => found.size,
        () => 0,
      )
    return { segments: all.length, bytes }
  }
  /** The size when this process looked first, and what it added since. */
  let held: { segments: number; bytes: number } | null = null
  return {
    names,
    size,
    async read(name) {
      const file = join(path, name)
      try {
        if ((await stat(file)).size > MOST_SEGMENT_BYTES) return null
        const segment = await readFile(file)
        return segmentName(segment) === name ? segment : null
      } catch {
        return null
      }
    },
    async add(segment) {
      const name = segmentName(segment)
      held ??= { ...(await size()) }
      if (held.segments >= MOST_SEGMENTS || held.bytes + segment.length > MOST_BYTES) return null
      await mkdir(path, { recursive: true, mode: 0o700 })
      const file = join(path, name)
      await replaceFile(file, `${file}.${process.pid}.new`, (handle) => handle.writeFile(segment))
      held = { segments: held.segments + 1, bytes: held.bytes + segment.length }
      return name
    },
  }
}
