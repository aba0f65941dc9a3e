import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { Failure, fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { GrantId, PlanId, ProfileId } from '../../../../shared/contract/models.ts'
import type { UploadPlan } from '../../../../shared/contract/models-transfers.ts'
import { openFileList, type ListedFile } from '../../store/file-list.ts'
import type { Arrival } from '../local/arrivals.ts'
import { countInto, listPath } from './upload-list.ts'
import { findConflicts, type Conflict } from './conflicts.ts'
import type { NotSent } from '../core.ts'
import type { Emitter } from '../events.ts'
import type { JobNeeds } from './job-needs.ts'
import type { GrantBook } from '../local/path-grants.ts'
import { keyUnder, type Root } from '../local/scan.ts'

const TELL_EVERY_MS = 250
const MAX_LISTED = 1000
/**
 * An upload of more files does not compare names with the bucket before the start. OSS refuses to
 * replace, and the upload then looks the name up.
 */
const MOST_COMPARED = 10_000

interface Place {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly prefix: string
}

/**
 * A plan that is counted or being counted, for the handlers. The window sees {@link UploadPlan}.
 */
export interface CountedPlan extends Place {
  readonly listId: string
  readonly roots: readonly Root[]
  readonly count: ReturnType<typeof countInto>
  /** Null while names are still compared, or when there are too many names. */
  readonly conflicts: readonly Conflict[] | null
  /** Paths of copies that are removed when nothing reads them any more. */
  readonly spooled: readonly string[]
  /** True: some files were still being copied in at the start of the plan. */
  readonly arriving: boolean
  /** Resolves when all files are counted and compared, or when that failed. */
  readonly ready: Promise<void>
}

export interface UploadPlans {
  /**
   * Returns the plan at once, and reports the progress of its count as `plan.changed`. Throws
   * Failure 'disk-full', 'target-unwritable'.
   */
  start(place: Place, grants: readonly GrantId[]): Result<UploadPlan>
  /** Finds a plan, counted or not. Errors: 'not-found' for an unknown plan and for a failed one. */
  look(id: PlanId): Result<CountedPlan>
  /** Forgets the plan. The caller takes over its list and its count. */
  handOver(id: PlanId): void
  /** Stops the count and removes the list. */
  forget(id: PlanId): void
  close(): void
}

interface Entry {
  plan: UploadPlan
  counted: CountedPlan
  readonly control: AbortController
  readonly release: () => void
}

type Needs = Pick<JobNeeds, 'connections' | 'listFolder' | 'spool' | 'masked'> & {
  readonly grants: GrantBook
  readonly emitter: Emitter
  readonly notSent?: (one: NotSent) => void
}

/** Opens the uploads that are being counted or wait for the user's word. */
export function openUploadPlans(needs: Needs): UploadPlans {
  const { grants, connections, emitter, masked, spool, notSent } = needs
  const entries = new Map<PlanId, Entry>()

  const change = (id: PlanId, change: Partial<UploadPlan>): void => {
    const entry = entries.get(id)
    if (entry === undefined) return
    entry.plan = { ...entry.plan, ...totals(entry.counted.count), ...change }
    emitter.emit('plan.changed', entry.plan)
  }
  const follow = async (id: PlanId, entry: Entry): Promise<void> => {
    const { count, roots, bucket, prefix, profileId } = entry.counted
    let timer: NodeJS.Timeout | null = null
    let told = 0
    const tell = (): void => {
      timer = null
      told = performance.now()
      change(id, {})
    }
    const off = count.onFound(() => {
      timer ??= setTimeout(tell, Math.max(0, told + TELL_EVERY_MS - performance.now()))
    })
    await count.done
    off()
    if (timer !== null) clearTimeout(timer)
    const error = count.failure()
    if (error !== null) throw new Failure(error)
    if (!entries.has(id)) return
    const named = count.scan.found > MOST_COMPARED ? null : listed(entry.counted, roots, prefix)
    const conflicts =
      named === null
        ? null
        : await findConflicts(
            connections.bucket(profileId, bucket),
            bucket,
            named,
            entry.control.signal,
          )
    entry.counted = { ...entry.counted, conflicts }
    for (const { key } of conflicts ?? []) notSent?.({ what: 'taken', key })
    change(id, {
      phase: 'ready',
      compared: conflicts !== null,
      conflicts: conflicts?.slice(0, MAX_LISTED) ?? [],
      conflictCount: conflicts?.length ?? 0,
    })
  }

  return {
    start(place, grantIds) {
      const roots: Root[] = []
      const paths = new Set<string>()
      const spooled = new Set<string>()
      const following = new Map<Arrival, Map<number, number>>()
      for (const grant of grantIds) {
        const found = grants.countable(grant)
        if (!found.ok) return found
        const { path, name, kind, arriving } = found.value
        // A path that was chosen twice is one root.
        if (paths.has(path)) continue
        paths.add(path)
        if (arriving !== null) {
          const one = following.get(arriving.arrival) ?? new Map<number, number>()
          following.set(arriving.arrival, one.set(arriving.thing, roots.length))
          spooled.add(arriving.folder)
        } else if (found.value.spooled) spooled.add(path)
        roots.push({ path, name, kind })
      }
      const id = randomUUID()
      const count = countInto({
        list: openFileList(listPath(needs, id)),
        roots,
        prefix: place.prefix,
        masked,
        ...(notSent !== undefined && { notSent }),
        following: [...following].map(([arrival, of]) => ({ arrival, roots: of })),
      })
      const plan: UploadPlan = {
        id,
        phase: 'counting',
        ...place,
        items: [],
        files: 0,
        bytes: 0,
        leftOut: [],
        leftOutCount: 0,
        missing: 0,
        shared: [],
        sharedCount: 0,
        compared: true,
        conflicts: [],
        conflictCount: 0,
        error: null,
      }
      const entry: Entry = {
        plan,
        counted: {
          ...place,
          listId: id,
          roots,
          count,
          conflicts: null,
          spooled: [...spooled],
          arriving: following.size > 0,
          ready: count.done,
        },
        control: new AbortController(),
        release: spool.hold([...spooled]),
      }
      entries.set(id, entry)
      for (const grant of grantIds) grants.used(grant)
      const ready = follow(id, entry).catch((cause: unknown) => {
        change(id, {
          phase: 'failed',
          error: cause instanceof Failure ? cause.error : masked(cause),
        })
        // Nobody needs half a drop that no transfer has started with, and its page may be gone.
        if (entries.has(id) && count.failure() !== null) entry.release()
      })
      entry.counted = { ...entry.counted, ready }
      return ok(plan)
    },
    look(id) {
      const entry = entries.get(id)
      return entry === undefined || entry.plan.phase === 'failed'
        ? fail({ code: 'not-found', what: 'plan', name: id })
        : ok(entry.counted)
    },
    handOver(id) {
      const entry = entries.get(id)
      if (!entries.delete(id)) return
      entry?.control.abort()
      entry?.release()
      emitter.emit('plan.removed', id)
    },
    forget(id) {
      const entry = entries.get(id)
      if (entry === undefined) return
      this.handOver(id)
      entry.counted.count.stop()
      rmSync(listPath(needs, id), { force: true })
    },
    close() {
      for (const id of entries.keys()) this.forget(id)
    },
  }
}

/** Returns every file of a counted plan. */
export function* filesOf({ count }: Pick<CountedPlan, 'count'>): Generator<ListedFile> {
  const reader = count.list.reader()
  for (let one = reader.next(); one !== null; one = reader.next()) yield one.file
}

function listed(plan: CountedPlan, roots: readonly Root[], prefix: string) {
  return [...filesOf(plan)]
    .filter(({ path }) => !path.endsWith('/'))
    .map(({ root, path, size, modified }) => ({
      key: keyUnder(prefix, roots[root], path),
      size,
      modified: new Date(modified).toISOString(),
    }))
}

function totals({
  scan,
  shared,
}: CountedPlan['count']): Pick<
  UploadPlan,
  'items' | 'files' | 'bytes' | 'leftOut' | 'leftOutCount' | 'missing' | 'shared' | 'sharedCount'
> {
  const { files, bytes, leftOutCount, missing } = scan
  return {
    items: scan.items.map((item) => ({ ...item })),
    files,
    bytes,
    leftOut: [...scan.leftOut],
    leftOutCount,
    missing,
    shared: [...shared.found],
    sharedCount: shared.count(),
  }
}
