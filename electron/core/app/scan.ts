import { constants } from 'node:fs'
import { access, lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_KEY_BYTES, keyBytes } from '../../../shared/format/object-names.ts'
import type { UploadPlan } from '../../../shared/contract/models-transfers.ts'
import { systemCode, type Granted } from './path-grants.ts'

/** One file to upload. `key`: full object key. `modified`: ISO 8601. */
export interface FoundFile {
  readonly path: string
  readonly key: string
  readonly size: number
  readonly modified: string
  readonly item: number
}
export type LeftOut = UploadPlan['leftOut'][number]

export interface Scan {
  readonly files: FoundFile[]
  /** Keys of folders that hold nothing, ending in '/'. */
  readonly emptyFolders: string[]
  readonly leftOut: LeftOut[]
  readonly items: { name: string; kind: 'file' | 'folder'; files: number; folders: number; emptyFolders: number; bytes: number }[]
}

/**
 * Walks what was granted, calling `onProgress` after each folder. Symbolic links, devices and unreadable entries are
 * left out by name, never followed: a link could lead out of what the user chose. Throws only when aborted.
 */
export async function scanGrants(granted: readonly Pick<Granted, 'path' | 'name' | 'kind'>[], prefix: string, signal: AbortSignal, onProgress: (scan: Scan) => void): Promise<Scan> {
  const scan: Scan = { files: [], emptyFolders: [], leftOut: [], items: [] }
  for (const [index, root] of granted.entries()) {
    scan.items.push({ name: root.name, kind: root.kind, files: 0, folders: root.kind === 'folder' ? 1 : 0, emptyFolders: 0, bytes: 0 })
    if (root.kind === 'file') await addFile(scan, index, root.path, `${prefix}${root.name}`)
    else await walk(scan, index, root.path, `${prefix}${root.name}/`, signal, onProgress)
    onProgress(scan)
  }
  return scan
}

async function walk(scan: Scan, item: number, folder: string, key: string, signal: AbortSignal, onProgress: (scan: Scan) => void): Promise<void> {
  signal.throwIfAborted()
  const totals = scan.items[item]
  let entries = 0
  try {
    for await (const entry of await opendir(folder)) {
      signal.throwIfAborted()
      entries += 1
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (totals !== undefined) totals.folders += 1
        await walk(scan, item, path, `${key}${entry.name}/`, signal, onProgress)
      } else if (entry.isFile()) await addFile(scan, item, path, `${key}${entry.name}`)
      else scan.leftOut.push({ path, reason: entry.isSymbolicLink() ? 'symlink' : 'not-a-file' })
    }
  } catch (cause) {
    signal.throwIfAborted()
    if (systemCode(cause) === 'unknown') throw cause
    scan.leftOut.push({ path: folder, reason: 'unreadable' })
    return
  }
  if (entries === 0 && keyBytes(key) <= MAX_KEY_BYTES) {
    scan.emptyFolders.push(key)
    if (totals !== undefined) totals.emptyFolders += 1
  }
  onProgress(scan)
}

async function addFile(scan: Scan, item: number, path: string, key: string): Promise<void> {
  if (keyBytes(key) > MAX_KEY_BYTES) return void scan.leftOut.push({ path, reason: 'name-too-long' })
  try {
    const info = await lstat(path)
    await access(path, constants.R_OK)
    scan.files.push({ path, key, size: info.size, modified: info.mtime.toISOString(), item })
    const totals = scan.items[item]
    if (totals === undefined) return
    totals.files += 1
    totals.bytes += info.size
  } catch {
    scan.leftOut.push({ path, reason: 'unreadable' })
  }
}
