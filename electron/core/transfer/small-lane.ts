import { Failure, valueOf } from '../../../shared/contract/errors.ts'
import { onAbort } from '../net/on-abort.ts'
import type { Wrapping } from '../stream/small-job.ts'
import type { UploadJob } from './jobs.ts'
import { openLine } from './line.ts'
import type { PartPool } from './part-pool.ts'
import type { SmallFile } from './small-seat.ts'

/** Files in the lane at once: their ciphertext and their connections. More of them wait. */
export const MOST_SMALL = 64
/** Sealed by one thread in one go: enough that messages cost nothing, few enough that its sockets are not kept waiting. */
const GO = 16

/** A sealed file that has one of the lane's places until it is dropped. */
export interface InLane extends SmallFile {
  /** Of the master key. */
  readonly keyName: string
}

/** Where small files are sealed and sent whole. What many ask for in one turn is done at one go, under one asking for the master key. */
export interface SmallLane {
  /**
   * `path`: the job's source. Null where this is not the way: a file of more than `most` bytes, a master key that does not wrap by a public half.
   * Throws Failure of the master key and of the source, and 'cancelled'.
   */
  seal(job: UploadJob, path: string, most: number, signal: AbortSignal): Promise<InLane | null>
}

interface Asked {
  readonly job: UploadJob
  readonly path: string
  readonly most: number
  readonly signal: AbortSignal
  readonly settle: (file: InLane | null) => void
  readonly fail: (cause: unknown) => void
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
  let asked: Asked[] = []

  const enter = async (signal: AbortSignal): Promise<void> => {
    while (inside >= MOST_SMALL && !signal.aborted) await line.wait(signal)
    if (signal.aborted) throw new Failure({ code: 'cancelled' })
    inside += 1
  }
  const leave = (): void => {
    inside -= 1
    line.next()
  }
  const sealTogether = (): void => {
    const all = asked
    asked = []
    for (const group of alike(all)) void sealGroup(pool, group)
  }

  return {
    async seal(job, path, most, signal) {
      await enter(signal)
      try {
        const file = await new Promise<InLane | null>((settle, fail) => {
          if (asked.length === 0) setImmediate(sealTogether)
          asked.push({ job, path, most, signal, settle, fail })
        })
        if (file === null) leave()
        return file === null ? null : { ...file, drop: () => (file.drop(), leave()) }
      } catch (cause) {
        leave()
        throw cause
      }
    },
  }
}

/** Those that share a master key and a format: the jobs of one plan have one function between them. */
function alike(all: readonly Asked[]): readonly (readonly Asked[])[] {
  const groups: Asked[][] = []
  for (const one of all) {
    const group = groups.find(([first]) => first?.job.masterKey === one.job.masterKey && first.job.format === one.job.format)
    if (group === undefined) groups.push([one])
    else group.push(one)
  }
  return groups
}

async function sealGroup(pool: PartPool, group: readonly Asked[]): Promise<void> {
  try {
    const found = await wrappingOf(group)
    for (let at = 0; at < group.length; at += GO) {
      const go = group.slice(at, at + GO)
      if (found === null) {
        for (const { settle } of go) settle(null)
        continue
      }
      const seat = pool.small()
      if (seat === null) throw new Failure({ code: 'cancelled' })
      const files = seat.seal(found.wrapping, go.map(({ path, most }) => ({ path, most })))
      go.forEach(({ settle, fail }, index) => files[index]?.then((file) => settle(file === null ? null : { ...file, keyName: found.keyName }), fail))
    }
  } catch (cause) {
    for (const { fail } of group) fail(cause)
  }
}

/** What the master key of a group has to give; null where that is not enough. The handle is not kept: the next group asks again. */
async function wrappingOf(group: readonly Asked[]): Promise<{ readonly wrapping: Wrapping; readonly keyName: string } | null> {
  const [first] = group
  if (first === undefined) return null
  const { masterKey, format } = first.job
  using key = valueOf(await masterKey(whenAll(group.map(({ signal }) => signal))))
  if (!key.canWrap || key.publicHalf === undefined || !isSmallFormat(format)) return null
  return { wrapping: { publicHalf: key.publicHalf(), format, description: key.description }, keyName: key.name }
}

/** Aborted when all of them are: as long as one of them waits for the key, the others wait with it. */
function whenAll(signals: readonly AbortSignal[]): AbortSignal {
  const [only] = signals
  if (only !== undefined && signals.length === 1) return only
  const all = new AbortController()
  let left = signals.length
  const gone = (): void => {
    left -= 1
    if (left === 0) all.abort()
  }
  for (const signal of signals) {
    if (signal.aborted) gone()
    else onAbort(signal, gone)
  }
  return all.signal
}
