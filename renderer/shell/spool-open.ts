import { Failure, type AppError } from '../../shared/contract/errors.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import { postFile, spoolErrorOf } from './spool.ts'
import { itemsOf, itemNameOf, walkItems, type TakenItem, type WalkEntry } from './spool-walk.ts'

/** Bytes above which a file has a request of its own. */
const SMALL_BYTES = 256 * 1024
/** Approximate bytes of one request, and its most files. */
const REQUEST_BYTES = 1024 * 1024
const REQUEST_FILES = 256
/** Files read at once. More would block the page. */
const READ_AT_ONCE = 32
/**
 * Requests at once. A browser has six connections to a host. One waits for the end of the drop, and
 * one is left for other calls.
 */
const IN_FLIGHT = 4
/** More loose files than this are listed as one entry. */
const MOST_LOOSE = 50

interface Thing {
  readonly name: string
  readonly kind: Grant['kind']
  readonly size: number | null
}

/**
 * Copies a drop into the spool while the core already counts and uploads it; see
 * `HostFiles.dropping`.
 */
export function openDrop(
  transfer: globalThis.DataTransfer,
  onProgress: (bytes: number) => void,
): { readonly grants: Promise<readonly Grant[]>; readonly arrived: Promise<void> } {
  const items = itemsOf(transfer)
  const drop = crypto.randomUUID()
  const stop = new AbortController()
  const opened = begin(drop, thingsOf(items), stop.signal)
  const arrived = opened.then(async ({ ended }) => {
    const over = ended.then((error) => {
      stop.abort()
      return error
    })
    const leave = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', leave)
    try {
      await copyAll(drop, items, stop.signal, onProgress)
      await settle(await fetch(`/spool/finish?drop=${drop}`, { method: 'POST' }))
    } catch (cause) {
      // Ends the request that keeps the drop alive, and so the drop.
      const late = stop.signal.aborted ? await over : null
      stop.abort()
      throw late === null ? cause : new Failure(late)
    } finally {
      window.removeEventListener('beforeunload', leave)
    }
  })
  return { grants: opened.then(({ grants }) => grants), arrived }
}

/** Entries have different names. Many loose files are one entry without a name. */
function thingsOf(items: readonly TakenItem[]): readonly Thing[] {
  const folders = items.filter(({ entry }) => entry?.isDirectory === true)
  const loose = items.length - folders.length
  const named = loose > MOST_LOOSE ? folders : items
  const things = named.map((item): Thing => ({
    name: itemNameOf(item),
    kind: item.entry?.isDirectory === true ? 'folder' : 'file',
    size: item.file?.size ?? null,
  }))
  return loose > MOST_LOOSE ? [...things, { name: '', kind: 'files', size: null }] : things
}

async function begin(
  drop: string,
  things: readonly Thing[],
  signal: AbortSignal,
): Promise<{ readonly grants: readonly Grant[]; readonly ended: Promise<AppError | null> }> {
  const answer = await fetch(`/spool/open?drop=${drop}`, {
    method: 'POST',
    body: JSON.stringify(things),
    signal,
  })
  if (!answer.ok) throw new Failure(spoolErrorOf(await answer.text()))
  const lines = linesOf(answer)
  const first = await lines.next()
  const last = lines.next().then(
    ({ value }) => (value === undefined ? LOST : (JSON.parse(value) as AppError | null)),
    () => LOST,
  )
  return { grants: JSON.parse(first.value ?? '[]') as readonly Grant[], ended: last }
}

const LOST: AppError = { code: 'cancelled' }

async function* linesOf(answer: Response): AsyncGenerator<string, undefined> {
  let text = ''
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
    if (done) return
    text += value
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
}

async function copyAll(
  drop: string,
  items: readonly TakenItem[],
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const underWay = new Set<Promise<void>>()
  let failed: { readonly cause: unknown } | null = null
  let copied = 0
  const tell = (bytes: number): void => onProgress((copied += bytes))
  const send = async (work: () => Promise<void>): Promise<void> => {
    const one: Promise<void> = work()
      .catch((cause: unknown) => void (failed ??= { cause }))
      .finally(() => underWay.delete(one))
    underWay.add(one)
    while (underWay.size >= IN_FLIGHT) await Promise.race(underWay)
  }
  let small: WalkEntry[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const some = small
    ;[small, bytes] = [[], 0]
    if (some.length > 0) await send(async () => tell(await sendMany(drop, some, signal)))
  }
  for await (const one of walkItems(items)) {
    if (failed !== null || signal.aborted) break
    if (one.file !== null && one.file.size > SMALL_BYTES)
      await send(() => sendLarge(drop, one, signal, tell))
    else {
      small.push(one)
      bytes += one.file?.size ?? 0
      if (bytes >= REQUEST_BYTES || small.length >= REQUEST_FILES) await flush()
    }
  }
  await flush()
  await Promise.all(underWay)
  if (failed !== null) throw (failed as { readonly cause: unknown }).cause
  signal.throwIfAborted()
}

/**
 * Sends one request and returns its bytes. The page reads the files itself, so that it knows the
 * name of an unreadable one.
 */
async function sendMany(
  drop: string,
  some: readonly WalkEntry[],
  signal: AbortSignal,
): Promise<number> {
  const body: BlobPart[] = []
  let sent = 0
  for (let at = 0; at < some.length; at += READ_AT_ONCE) {
    const few = some.slice(at, at + READ_AT_ONCE)
    const read = await Promise.all(
      few.map(async ({ file }) => (file === null ? null : file.arrayBuffer().catch(() => null))),
    )
    few.forEach((one, i) => {
      const bytes = read[i] ?? null
      body.push(...frame(one, one.file !== null && bytes === null ? 'unreadable' : one.kind, bytes))
      sent += bytes?.byteLength ?? 0
    })
  }
  await settle(
    await fetch(`/spool/many?drop=${drop}`, { method: 'POST', body: new Blob(body), signal }),
  )
  return sent
}

function frame(
  { path, file }: WalkEntry,
  kind: WalkEntry['kind'],
  bytes: ArrayBuffer | null,
): readonly BlobPart[] {
  const head = new TextEncoder().encode(
    JSON.stringify({ path, kind, size: bytes?.byteLength ?? 0, modified: file?.lastModified ?? 0 }),
  )
  const length = new DataView(new ArrayBuffer(4))
  length.setUint32(0, head.length)
  return bytes === null ? [length, head] : [length, head, bytes]
}

async function sendLarge(
  drop: string,
  one: WalkEntry,
  signal: AbortSignal,
  tell: (bytes: number) => void,
): Promise<void> {
  let told = 0
  const onProgress = (bytes: number): void => {
    tell(bytes - told)
    told = bytes
  }
  try {
    await postFile(drop, one, onProgress, signal)
  } catch (cause) {
    const readable = await one.file
      ?.slice(0, 1)
      .arrayBuffer()
      .then(
        () => true,
        () => false,
      )
    if (readable === true || signal.aborted) throw cause
    onProgress(0)
    await sendMany(drop, [{ ...one, kind: 'unreadable', file: null }], signal)
  }
}

async function settle(answer: Response): Promise<void> {
  const text = await answer.text()
  if (!answer.ok || text.startsWith('{')) throw new Failure(spoolErrorOf(text))
}
