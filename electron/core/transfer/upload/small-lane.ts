import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import { onAbort } from '../../base/on-abort.ts'
import type { Wrapping } from '../../worker/small-job.ts'
import type { UploadJob } from '../run/jobs.ts'
import { openLine } from '../../base/line.ts'
import type { PartPool } from '../../worker/part-pool.ts'
import type { SmallFile } from '../../worker/small-seat.ts'

/** Files in the lane at once: their ciphertext and their connections. More of them wait. */
export const MOST_SMALL = 64
/**
 * Sealed by one thread in one go: enough that messages cost nothing, few enough that its sockets
 * are not kept waiting.
 */
const GO = 16

/**
 * A sealed file that has one of the lane's places until it leaves. A cancel ends the attempt that
 * is under way.
 */
export interface InLane {
  readonly file: Omit<SmallFile, 'stop' | 'drop'>
  /** Of the master key. */
  readonly keyName: string
  /** To be called once, after the last attempt. */
  leave(): void
}

/**
 * Where small files are sealed and sent whole. What many ask for in one turn is done at one go,
 * under one asking for the master key.
 */
export interface SmallLane {
  /**
   * `path`: the job's source. Null where this is not the way: a file of more than `most` bytes, a
   * master key that does not wrap by a public half.
   * Throws Failure of the master key and of the source, and 'cancelled'.
   */
  seal(job: UploadJob, path: string, most: number, signal: AbortSignal): Promise<InLane | null>
}

interface Found {
  readonly file: SmallFile
  readonly keyName: string
}

interface Asked {
  readonly job: UploadJob
  readonly path: string
  readonly most: number
  readonly settle: (found: Found | null) => void
  readonly fail: (cause: unknown) => void
  /** Cancelled, and nobody waits for it any more. */
  gone: boolean
  /** Told of that, once there is somebody to tell. */
  onGone: () => void
}

/** Formats that need no more than the public half of an RSA key. */
export function isSmallFormat(format: UploadJob['format']): format is Wrapping['format'] {
  return format === 'v1' || format === 'v2' || format === 'v2-oaep'
}

const lanes = new WeakMap<PartPool, SmallLane>()

/** The one lane over these threads. */
export function laneOf(pool: PartPool): SmallLane {
  const known = lanes.get(pool) ?? openLane(pool)
  lanes.set(pool, known)
  return known
}

function openLane(pool: PartPool): SmallLane {
  const line = openLine()
  let inside = 0
  let waiting: Asked[] = []

  const enter = async (signal: AbortSignal): Promise<void> => {
    while (inside >= MOST_SMALL && !signal.aborted) await line.wait(signal)
    if (signal.aborted) throw new Failure({ code: 'cancelled' })
    inside += 1
  }
  const leave = (): void => {
    inside -= 1
    line.next()
  }
  const sealWaiting = (): void => {
    const all = waiting
    waiting = []
    for (const group of alike(all)) void sealTogether(pool, group)
  }

  return {
    async seal(job, path, most, signal) {
      await enter(signal)
      let cancel = (): void => undefined
      const off = onAbort(signal, () => cancel())
      const away = (): void => (off(), leave())
      try {
        const found = await new Promise<Found | null>((settle, fail) => {
          if (waiting.length === 0) setImmediate(sealWaiting)
          const asked: Asked = {
            job,
            path,
            most,
            settle,
            fail,
            gone: false,
            onGone: () => undefined,
          }
          waiting.push(asked)
          cancel = () => {
            asked.gone = true
            asked.onGone()
          }
        })
        if (found === null) {
          away()
          return null
        }
        const { file, keyName } = found
        cancel = file.stop
        return { file, keyName, leave: () => (file.drop(), away()) }
      } catch (cause) {
        away()
        throw cause
      }
    },
  }
}

/**
 * Those that share a master key and a format: the jobs of one plan have one function between them.
 */
function alike(all: readonly Asked[]): readonly (readonly Asked[])[] {
  const groups: Asked[][] = []
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

async function sealTogether(pool: PartPool, group: readonly Asked[]): Promise<void> {
  try {
    const found = await wrappingOf(group)
    for (const { gone, settle, fail } of group) {
      if (gone) fail(new Failure({ code: 'cancelled' }))
      else if (found === null) settle(null)
    }
    const rest = found === null ? [] : group.filter(({ gone }) => !gone)
    for (let at = 0; found !== null && at < rest.length; at += GO) {
      const go = rest.slice(at, at + GO)
      const seat = pool.small()
      if (seat === null) throw new Failure({ code: 'cancelled' })
      const files = seat.seal(
        found.wrapping,
        go.map(({ path, most }) => ({ path, most })),
      )
      go.forEach(({ settle, fail }, index) =>
        files[index]?.then(
          (file) => settle(file === null ? null : { file, keyName: found.keyName }),
          fail,
        ),
      )
    }
  } catch (cause) {
    for (const { fail } of group) fail(cause)
  }
}

/**
 * What the master key of a group has to give; null where that is not enough. The handle is not
 * kept: the next group asks again.
 */
async function wrappingOf(
  group: readonly Asked[],
): Promise<{ readonly wrapping: Wrapping; readonly keyName: string } | null> {
  const [first] = group
  if (first === undefined) return null
  const { masterKey, format } = first.job
  using key = valueOf(await masterKey(whenAllGone(group)))
  if (!key.canWrap || key.publicHalf === undefined || !isSmallFormat(format)) return null
  return {
    wrapping: { publicHalf: key.publicHalf(), format, description: key.description },
    keyName: key.name,
  }
}

/**
 * Aborted when nobody in the group waits any more: as long as one does, the others wait with it.
 */
function whenAllGone(group: readonly Asked[]): AbortSignal {
  const all = new AbortController()
  const look = (): void => {
    if (group.every(({ gone }) => gone)) all.abort()
  }
  for (const one of group) one.onGone = look
  look()
  return all.signal
}
