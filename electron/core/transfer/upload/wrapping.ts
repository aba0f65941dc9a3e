import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { Cancellation } from '../../base/cancellation.ts'
import type { RsaWrapping } from '../../worker/job.ts'
import type { UploadJob } from '../run/jobs.ts'
import { isSealed } from '../run/object-headers.ts'

/** All that an RSA master key gives to a small file. */
export interface NamedWrapping {
  readonly wrapping: RsaWrapping
  /** The name of the master key. */
  readonly keyName: string
  /** A copy of the writer secret, which the caller wipes; null where the key has none. */
  readonly writer: Uint8Array<ArrayBuffer> | null
}

/** Tells whether this format needs only the public half of an RSA key. */
export function isRsaFormat(format: UploadJob['format']): format is RsaWrapping['format'] {
  return format === 'v1' || format === 'v2' || format === 'v2-oaep'
}

interface Waiter {
  readonly job: UploadJob
  readonly settle: (wrapping: NamedWrapping | null) => void
  readonly fail: (cause: unknown) => void
  isCancelled: boolean
  /** Called when the waiter is cancelled. */
  onCancel: () => void
}

/** All that asked in this turn. */
let waiting: Waiter[] = []

/**
 * Asks the master key of a job for its wrapping. All jobs of one turn with the same key and format
 * form a group. Each group asks once, because a key may have to be unlocked. Null for a master key
 * that does not wrap by a public half. Throws Failure of the master key, and 'cancelled'.
 */
export async function askWrapping(
  job: UploadJob,
  cancellation: Cancellation,
): Promise<NamedWrapping | null> {
  let stopListening = (): void => undefined
  try {
    return await new Promise((settle, fail) => {
      const waiter: Waiter = { job, settle, fail, isCancelled: false, onCancel: () => undefined }
      if (waiting.length === 0) setImmediate(askForAll)
      waiting.push(waiter)
      stopListening = cancellation.onCancel(() => {
        waiter.isCancelled = true
        waiter.onCancel()
      })
    })
  } finally {
    stopListening()
  }
}

function askForAll(): void {
  const all = waiting
  waiting = []
  for (const group of groupsOf(all)) void askForGroup(group)
}

/** The jobs of one plan share one `masterKey` function, so equal functions are one key. */
function groupsOf(all: readonly Waiter[]): readonly (readonly Waiter[])[] {
  const groups: Waiter[][] = []
  for (const one of all) {
    const group = groups.find(
      ([first]) =>
        first?.job.masterKey === one.job.masterKey && first.job.format === one.job.format,
    )
    if (group === undefined) groups.push([one])
    else group.push(one)
  }
  return groups
}

async function askForGroup(group: readonly Waiter[]): Promise<void> {
  try {
    const found = await wrappingOf(group)
    for (const { isCancelled, settle, fail } of group)
      if (isCancelled) fail(new Failure({ code: 'cancelled' }))
      else settle(found && { ...found, writer: found.writer && Uint8Array.from(found.writer) })
    found?.writer?.fill(0)
  } catch (cause) {
    for (const { fail } of group) fail(cause)
  }
}

/**
 * The handle of the master key is closed afterwards: the next group asks again. The caller wipes
 * the writer secret.
 */
async function wrappingOf(
  group: readonly Waiter[],
): Promise<(Omit<NamedWrapping, 'writer'> & { readonly writer: Uint8Array | null }) | null> {
  const [first] = group
  if (first === undefined) return null
  const { masterKey, format } = first.job
  using key = valueOf(await masterKey(allCancelled(group)))
  if (!key.canWrap || key.publicHalf === undefined || !isRsaFormat(format)) return null
  return {
    wrapping: { publicHalf: key.publicHalf(), format, description: key.description },
    keyName: key.name,
    writer: group.some(({ job }) => isSealed(job)) ? (key.writerSecret?.() ?? null) : null,
  }
}

/**
 * A signal that is aborted when every waiter of the group is cancelled. While one is not, the
 * cancelled ones wait with it.
 */
function allCancelled(group: readonly Waiter[]): AbortSignal {
  const all = new AbortController()
  const look = (): void => {
    if (group.every(({ isCancelled }) => isCancelled)) all.abort()
  }
  for (const one of group) one.onCancel = look
  look()
  return all.signal
}
