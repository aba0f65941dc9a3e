import type { Grant } from '../../shared/contract/models-transfers.ts'
import { Failure, type AppError } from '../../shared/contract/errors.ts'
import { itemsOf, walkItems, type WalkEntry } from './spool-walk.ts'

/**
 * Copies a drop on a browser page into the private spool of the loopback shell, and returns grants
 * for the copies. The entries are taken before the first `await`, because later the browser has
 * emptied the transfer.
 */
export async function spoolDropped(
  transfer: globalThis.DataTransfer,
  onProgress: (bytes: number) => void,
): Promise<readonly Grant[]> {
  const items = itemsOf(transfer)
  const drop = crypto.randomUUID()
  let before = 0
  for await (const item of walkItems(items)) {
    if (item.kind === 'unreadable')
      throw new Failure({ code: 'source-unreadable', path: item.path, reason: 'SPOOL' })
    await postFile(drop, item, (bytes) => onProgress(before + bytes), null)
    before += item.file?.size ?? 0
    onProgress(before)
  }
  const answer = await fetch(`/spool/finish?drop=${drop}`, { method: 'POST' })
  const text = await answer.text()
  if (!answer.ok) throw new Failure(spoolErrorOf(text))
  return JSON.parse(text) as readonly Grant[]
}

/** Uses XMLHttpRequest, because fetch does not report the progress of a body. */
export function postFile(
  drop: string,
  item: WalkEntry,
  onProgress: (bytes: number) => void,
  signal: AbortSignal | null,
): Promise<void> {
  const query = new URLSearchParams({
    drop,
    path: item.path,
    kind: item.file === null ? 'folder' : 'file',
    modified: String(item.file?.lastModified ?? Date.now()),
  })
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = (): void => request.abort()
    signal?.addEventListener('abort', stop, { once: true })
    request.open('POST', `/spool?${query.toString()}`)
    request.upload.onprogress = (event) => onProgress(event.loaded)
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Failure(spoolErrorOf(request.responseText)))
    request.onerror = () =>
      reject(new Failure({ code: 'source-unreadable', path: item.path, reason: 'SPOOL' }))
    request.onabort = () => reject(new Failure({ code: 'cancelled' }))
    request.onloadend = () => signal?.removeEventListener('abort', stop)
    request.send(item.file)
  })
}

/** The spool answers with an error of the contract. Other answers come from something between. */
export function spoolErrorOf(text: string): AppError {
  try {
    return JSON.parse(text) as AppError
  } catch {
    return { code: 'bad-request', detail: 'spool' }
  }
}
