import type { Grant } from '../shared/contract/models-transfers.ts'
import { Failure, type AppError } from '../shared/contract/errors.ts'

interface Found {
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly file: File | null
}

/**
 * Copies what was dropped on a browser page into the loopback shell's private spool, and answers with grants for the
 * copies. The entries are taken before the first await: afterwards the browser has emptied the transfer.
 */
export async function spoolDropped(transfer: globalThis.DataTransfer, onProgress: (bytes: number) => void): Promise<readonly Grant[]> {
  const entries = Array.from(transfer.items)
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const drop = crypto.randomUUID()
  let before = 0
  for (const { entry, file } of entries) {
    const found = entry === null ? loose(file) : walk(entry, '')
    for await (const item of found) {
      await post(drop, item, (bytes) => onProgress(before + bytes))
      before += item.file?.size ?? 0
      onProgress(before)
    }
  }
  const answer = await fetch(`/spool/finish?drop=${drop}`, { method: 'POST' })
  const text = await answer.text()
  if (!answer.ok) throw new Failure(refusal(text))
  return JSON.parse(text) as readonly Grant[]
}

/** A pasted file has no entry. */
async function* loose(file: File | null): AsyncGenerator<Found> {
  if (file !== null) yield { path: file.name, kind: 'file', file }
}

async function* walk(entry: FileSystemEntry, parent: string): AsyncGenerator<Found> {
  const path = parent === '' ? entry.name : `${parent}/${entry.name}`
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    yield { path, kind: 'file', file }
    return
  }
  // Folders are told too, so that empty ones are kept.
  yield { path, kind: 'folder', file: null }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  for (;;) {
    // A reader answers with at most 100 entries a time.
    const batch = await new Promise<readonly FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (batch.length === 0) return
    for (const child of batch) yield* walk(child, path)
  }
}

/** XMLHttpRequest, because fetch does not tell how much of a body was sent. */
function post(drop: string, item: Found, onProgress: (bytes: number) => void): Promise<void> {
  const query = new URLSearchParams({ drop, path: item.path, kind: item.kind, modified: String(item.file?.lastModified ?? Date.now()) })
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/spool?${query.toString()}`)
    request.upload.onprogress = (event) => onProgress(event.loaded)
    request.onload = () => (request.status < 300 ? resolve() : reject(new Failure(refusal(request.responseText))))
    request.onerror = () => reject(new Failure({ code: 'source-unreadable', path: item.path, reason: 'SPOOL' }))
    request.send(item.file)
  })
}

/** The spool refuses with an error of the contract; anything else came from something in between. */
function refusal(text: string): AppError {
  try {
    return JSON.parse(text) as AppError
  } catch {
    return { code: 'bad-request', detail: 'spool' }
  }
}
