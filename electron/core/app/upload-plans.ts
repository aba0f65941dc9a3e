import { randomUUID } from 'node:crypto'
import { Failure, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { GrantId, PlanId, ProfileId } from '../../../shared/contract/models.ts'
import type { UploadPlan } from '../../../shared/contract/models-transfers.ts'
import type { Connections } from './connections.ts'
import { findConflicts, type Conflict } from './conflicts.ts'
import type { Emitter } from './events.ts'
import type { GrantBook, Granted } from './path-grants.ts'
import { scanGrants, type Scan } from './scan.ts'

const TELL_EVERY_MS = 250
const MAX_LISTED = 1000

interface Place {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly prefix: string
}

/** A counted plan, as the handlers need it; the UI sees {@link UploadPlan}. */
export interface ReadyPlan extends Place {
  readonly scan: Scan
  readonly conflicts: readonly Conflict[]
  readonly grants: readonly GrantId[]
}

export interface UploadPlans {
  /** Answers at once; counting goes on and is told by `plan.changed`. */
  start(place: Place, grants: readonly GrantId[]): Result<UploadPlan>
  /** A plan that is ready; 'not-found' otherwise. */
  take(id: PlanId): Result<ReadyPlan>
  forget(id: PlanId): void
  close(): void
}

interface Entry {
  plan: UploadPlan
  ready: ReadyPlan | null
  readonly control: AbortController
  readonly release: () => void
}

/** Uploads that are being counted or wait for the user's word. */
export function openUploadPlans({ grants, connections, emitter, masked }: { grants: GrantBook; connections: Connections; emitter: Emitter; masked: (cause: unknown) => UploadPlan['error'] }): UploadPlans {
  const entries = new Map<PlanId, Entry>()

  const count = async (id: PlanId, entry: Entry, place: Place, granted: readonly Granted[], grantIds: readonly GrantId[]): Promise<void> => {
    const { signal } = entry.control
    let told = 0
    const tell = (scan: Scan, change: Partial<UploadPlan> = {}) => {
      if (change.phase === undefined && performance.now() - told < TELL_EVERY_MS) return
      told = performance.now()
      entry.plan = { ...entry.plan, ...totals(scan), ...change }
      if (entries.has(id)) emitter.emit('plan.changed', entry.plan)
    }
    const scan = await scanGrants(granted, place.prefix, signal, tell)
    const conflicts = await findConflicts(connections.bucket(place.profileId, place.bucket), place.bucket, scan.files, signal)
    entry.ready = { ...place, scan, conflicts, grants: grantIds }
    tell(scan, { phase: 'ready', conflicts: conflicts.slice(0, MAX_LISTED), conflictCount: conflicts.length })
  }

  return {
    start(place, grantIds) {
      const granted: Granted[] = []
      for (const grant of grantIds) {
        const found = grants.readable(grant)
        if (!found.ok) return found
        granted.push(found.value)
      }
      const id = randomUUID()
      const holds = grantIds.map((grant) => grants.hold(grant))
      const plan: UploadPlan = { id, phase: 'counting', ...place, items: [], files: 0, bytes: 0, leftOut: [], conflicts: [], conflictCount: 0, error: null }
      const entry: Entry = { plan, ready: null, control: new AbortController(), release: () => holds.forEach((release) => release()) }
      entries.set(id, entry)
      count(id, entry, place, granted, grantIds).catch((cause: unknown) => {
        if (!entries.has(id)) return
        entry.plan = { ...entry.plan, phase: 'failed', error: cause instanceof Failure ? cause.error : masked(cause) }
        emitter.emit('plan.changed', entry.plan)
      })
      return ok(plan)
    },
    take(id) {
      const ready = entries.get(id)?.ready ?? null
      return ready === null ? fail({ code: 'not-found', what: 'plan', name: id }) : ok(ready)
    },
    forget(id) {
      const entry = entries.get(id)
      if (entry === undefined) return
      entries.delete(id)
      entry.control.abort()
      entry.release()
      emitter.emit('plan.removed', id)
    },
    close() {
      for (const entry of entries.values()) entry.control.abort()
      entries.clear()
    },
  }
}

function totals(scan: Scan): Pick<UploadPlan, 'items' | 'files' | 'bytes' | 'leftOut'> {
  const items = scan.items.map((item) => ({ ...item }))
  return { items, files: scan.files.length, bytes: items.reduce((sum, item) => sum + item.bytes, 0), leftOut: scan.leftOut.slice(0, MAX_LISTED) }
}
