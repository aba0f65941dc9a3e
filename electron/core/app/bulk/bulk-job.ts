import { Failure } from '../../../../shared/contract/errors.ts'
import type { BatchJob, ChildJob } from '../../transfer/run/jobs.ts'
import { MOST_ROWS } from '../../transfer/queue/queue-notes.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { openObjectList, type ListedObject, type SharedList } from './object-list.ts'

/** The work of a bulk transfer on the rows of its list. */
export interface BulkPlan extends Pick<
  BatchJob,
  'name' | 'target' | 'profileId' | 'shown' | 'bucket' | 'record'
> {
  readonly list: SharedList
  /**
   * 'row': one job for each row. 'range': one job for a range of up to {@link MOST_ROWS} rows.
   * 'none': the transfer only makes the list.
   */
  readonly unit: 'row' | 'range' | 'none'
  /** Makes the job of one unit. */
  jobOf(rows: readonly ListedObject[], index: number): ChildJob
  /**
   * Prepares the work that needs the whole list, once, before the first job. Without it, jobs start
   * while the list still grows. Throws Failure.
   */
  prepare?(reader: () => ReturnType<ReturnType<typeof openObjectList>['reader']>): Promise<void>
  decide?(existing: 'skip' | 'rename' | 'replace'): void
  /** Removes the files that the plan stored besides the list. */
  released?(): void
}

type Unit = NonNullable<ReturnType<BatchJob['next']>>
type Reader = ReturnType<ReturnType<typeof openObjectList>['reader']>

/**
 * Makes a batch from a list of objects, with one job for each unit of rows. The numbers of the rows
 * name the completed ones, so a batch continues behind them after a kill. `done`: the number behind
 * the last completed row.
 */
export function bulkJob(needs: JobNeeds, plan: BulkPlan, done = 0): BatchJob {
  const { name, target, profileId, shown, bucket, record, jobOf, prepare } = plan
  const list = openObjectList(needs, plan.list, done)
  const perUnit = plan.unit === 'range' ? MOST_ROWS : 1
  const unitOf = (rows: readonly ListedObject[], index: number): Unit => ({
    index,
    count: rows.length,
    size: rows.reduce((sum, { size }) => sum + size, 0),
    job: () => jobOf(rows, index),
  })
  const units = openUnits(list.reader(), perUnit, unitOf)
  const preparing = openPreparation(async () => prepare?.(() => list.reader()), needs)
  const found = (): ReturnType<BatchJob['found']> => {
    const state = list.found()
    const isReady = prepare === undefined || preparing.isDone()
    return {
      ...state,
      counting: state.counting || (state.error === null && !isReady && preparing.error() === null),
      error: state.error ?? preparing.error(),
    }
  }
  return {
    kind: 'batch',
    name,
    target,
    profileId,
    keyName: null,
    shown,
    bucket,
    size: list.found().bytes,
    record,
    isOneFile: false,
    next(skip) {
      list.start()
      if (plan.unit === 'none') return null
      if (prepare !== undefined && !preparing.isDone()) {
        if (list.isWhole()) preparing.start()
        return null
      }
      return units.next(list.isWhole(), skip)
    },
    those(indices) {
      const wanted = (index: number): boolean => indices.has(index - (index % perUnit))
      const again = openUnits(list.reader(), perUnit, unitOf)
      const jobs: { readonly index: number; readonly job: ChildJob }[] = []
      for (
        let unit = again.next(true, (index) => !wanted(index));
        unit !== null;
        unit = again.next(true, (index) => !wanted(index))
      )
        jobs.push({ index: unit.index, job: unit.job() })
      return jobs
    },
    found,
    onFound(more) {
      const off = [list.onFound(more), preparing.onEnd(more)]
      return () => off.forEach((stop) => stop())
    },
    hold(isHeld) {
      list.hold(isHeld)
      if (!isHeld) preparing.forget()
    },
    decide: (existing) => plan.decide?.(existing),
    released() {
      void list.remove().catch(needs.masked)
      plan.released?.()
    },
  }
}

/** Joins rows to units. A unit is a range of the list that starts at a multiple of its length. */
function openUnits(
  reader: Reader,
  perUnit: number,
  unitOf: (rows: readonly ListedObject[], index: number) => Unit,
) {
  let rows: ListedObject[] = []
  let start = 0
  const take = (): Unit => {
    const unit = unitOf(rows, start)
    rows = []
    return unit
  }
  return {
    /**
     * Returns the next unit, or null while it is incomplete. `isWhole`: the list does not grow any
     * more, so the last unit may be short.
     */
    next(isWhole: boolean, skip?: (index: number) => boolean): Unit | null {
      for (;;) {
        const one = reader.next(skip)
        if (one === null) return isWhole && rows.length > 0 ? take() : null
        const { index, file } = one
        const isOfUnit = rows.length > 0 && index === start + rows.length && index % perUnit !== 0
        const before = rows.length > 0 && !isOfUnit ? take() : null
        if (rows.length === 0) start = index
        rows.push(file)
        if (before !== null) return before
        if (rows.length === perUnit) return take()
      }
    },
  }
}

/** Runs a preparation once. After a failure, it runs again when the failure was forgotten. */
function openPreparation(work: () => Promise<void>, { masked }: Pick<JobNeeds, 'masked'>) {
  const listeners = new Set<() => void>()
  let state: 'waiting' | 'running' | 'done' = 'waiting'
  let failure: ReturnType<BatchJob['found']>['error'] = null
  return {
    isDone: () => state === 'done',
    error: () => failure,
    onEnd: (more: () => void) => (listeners.add(more), () => void listeners.delete(more)),
    forget: () => void (failure = null),
    start() {
      if (state !== 'waiting' || failure !== null) return
      state = 'running'
      void work().then(
        () => {
          state = 'done'
          for (const more of listeners) more()
        },
        (cause: unknown) => {
          state = 'waiting'
          failure = cause instanceof Failure ? cause.error : masked(cause)
          for (const more of listeners) more()
        },
      )
    },
  }
}
