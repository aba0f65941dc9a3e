import type {
  IndexFilter,
  IndexRow,
  IndexScope,
  IndexSort,
  ListingStatus,
  RowState,
} from '../../../shared/contract/models-index.ts'
import { Failure } from '../../../shared/contract/errors.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import { bucketOf } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { EXIT, Usage } from '../exit-codes.ts'
import { sessionKms } from '../kms.ts'

/** Rows of one answer. */
const AT_ONCE = 1000
/** Objects of which `find --state` and `find --key` ask the state at most. */
const MOST_HEADS = 10_000_000

interface Place {
  readonly profileId: string
  readonly bucket: string
  readonly prefix: string
}

/** Lists everything below a prefix into the local index. */
export async function syncIndex(context: Context, prefix: string): Promise<number> {
  const place = { ...(await bucketOf(context)), prefix }
  const { asOf } = await sync(context, place)
  const { objects, bytes: size } = await context.call('index.sizes', { ...place, depth: 0 })
  context.output.result(
    { prefix, objects, bytes: size, asOf },
    `${objects} objects, ${bytes(size)}, as of ${asOf ?? ''}`,
  )
  return EXIT.done
}

/** Lists a place, and resolves when it is listed. Throws the Failure of the listing. */
export async function sync(context: Context, place: Place): Promise<ListingStatus> {
  const { bridge, call, signal } = context
  return new Promise((resolve, reject) => {
    const end = (): void => {
      off()
      signal.removeEventListener('abort', stop)
    }
    const take = (status: ListingStatus): void => {
      if (status.listing) return
      end()
      if (status.error !== null) reject(new Failure(status.error))
      else if (status.complete && !status.stopped) resolve(status)
      else reject(new Failure({ code: 'cancelled' }))
    }
    const stop = (): void => void call('index.stopSync', place).catch(() => undefined)
    const off = bridge.on('index.changed', ({ bucket, prefix, sync: status }) => {
      if (bucket !== place.bucket || prefix !== place.prefix || status === null) return
      if (status.listing && process.stderr.isTTY) process.stderr.write(`\r${status.listed} listed`)
      else take(status)
    })
    signal.addEventListener('abort', stop)
    call('index.sync', place).then(
      (status) => {
        if (!status.listing) take(status)
      },
      (cause: unknown) => {
        end()
        reject(cause)
      },
    )
  })
}

/** Lists a place unless an earlier sync listed it. The age of an earlier sync is told. */
async function syncOnce(context: Context, place: Place): Promise<void> {
  const { complete, asOf } = await context.call('index.sizes', { ...place, depth: 0 })
  if (!complete) await sync(context, place)
  else context.output.remark(`As of ${asOf ?? ''}. "index sync" lists again.`)
}

export interface FindOptions extends CommonOptions {
  readonly name?: string
  readonly text?: string
  readonly regex?: string
  readonly larger?: number
  readonly smaller?: number
  readonly newer?: string
  readonly older?: string
  readonly class: readonly string[]
  readonly state?: Exclude<RowState, 'unknown'>
  readonly key?: string
  readonly sort: 'name' | 'size' | 'time'
  readonly desc?: boolean
  readonly limit?: number
}

/** Finds objects below a prefix. Objects are listed, and asked for their states, where needed. */
export async function find(
  context: Context,
  prefix: string,
  options: FindOptions,
): Promise<number> {
  const { call, output } = context
  const { profileId, bucket } = await bucketOf(context)
  await sessionKms(context)
  const filter = await filterOf(context, options)
  await syncOnce(context, { profileId, bucket, prefix })
  const scope: IndexScope = { profileId, bucket, prefix, depth: 'below' }
  const asksStates = options.state !== undefined || options.key !== undefined
  if (asksStates) await findStates(context, scope, withoutState(filter))
  const by = options.sort === 'time' ? 'modified' : options.sort
  const sort: IndexSort = { by, down: options.desc === true }
  const limit = options.limit ?? Number.POSITIVE_INFINITY
  for (let offset = 0; offset < limit;) {
    const count = Math.min(AT_ONCE, limit - offset)
    const { rows } = await call('index.rows', { scope, sort, filter, offset, count })
    output.table(
      rows.map(recordOf),
      rows.map((row) => [
        bytes(row.size),
        row.modified,
        row.storageClass,
        row.state === 'unknown' ? '' : row.state,
        output.name(row.key),
      ]),
    )
    offset += count
    if (rows.length < count) break
  }
  return asksStates ? await unknownLeft(context, scope, withoutState(filter)) : EXIT.done
}

/** Says how many objects have no known state. Returns the exit code. */
async function unknownLeft(
  { call, output }: Context,
  scope: IndexScope,
  others: IndexFilter,
): Promise<number> {
  const filter: IndexFilter = { ...others, states: ['unknown'] }
  const sort: IndexSort = { by: 'name', down: false }
  const { total } = await call('index.rows', { scope, sort, filter, offset: 0, count: 0 })
  if (total === 0) return EXIT.done
  output.remark(
    `Objects of unknown state: ${total}. They cannot be read, or were deleted since they were listed.`,
  )
  return EXIT.network
}

const recordOf = ({ key, size, modified, storageClass, state, keyId }: IndexRow) => ({
  key,
  size,
  modified,
  storageClass,
  state,
  keyId,
})

const withoutState = ({ states: _states, keyId: _keyId, ...filter }: IndexFilter): IndexFilter =>
  filter

async function filterOf({ call }: Context, options: FindOptions): Promise<IndexFilter> {
  const { name, text, regex, larger, smaller, state, key } = options
  const keys = key === undefined ? [] : await call('keys.list', {})
  const keyId = keys.find((one) => one.name === key || one.id === key)?.id
  if (key !== undefined && keyId === undefined)
    throw new Failure({ code: 'not-found', what: 'master-key', name: key })
  return {
    ...(name !== undefined && { glob: name }),
    ...(text !== undefined && { text }),
    ...(regex !== undefined && { regex }),
    ...(larger !== undefined && { larger }),
    ...(smaller !== undefined && { smaller }),
    ...(options.newer !== undefined && { newer: timeOf(options.newer, '--newer') }),
    ...(options.older !== undefined && { older: timeOf(options.older, '--older') }),
    ...(options.class.length > 0 && { classes: options.class }),
    ...(state !== undefined && { states: [state] }),
    ...(keyId !== undefined && { keyId }),
  }
}

/** Reads a date such as 2026-11-30, or a time of ISO 8601. */
function timeOf(text: string, option: string): string {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new Usage(`${option} takes a date such as 2026-11-30.`)
  return new Date(time).toISOString()
}

/** Asks OSS for the states that are unknown. */
async function findStates(context: Context, scope: IndexScope, filter: IndexFilter): Promise<void> {
  const { bridge, call, signal } = context
  await new Promise<void>((resolve, reject) => {
    const stop = (): void =>
      void call('index.stopStates', { profileId: scope.profileId }).catch(() => undefined)
    const end = (): void => {
      off()
      signal.removeEventListener('abort', stop)
    }
    const off = bridge.on('index.changed', ({ states }) => {
      if (states === null || states.running) return
      end()
      if (states.error !== null) reject(new Failure(states.error))
      else if (signal.aborted) reject(new Failure({ code: 'cancelled' }))
      else resolve()
    })
    signal.addEventListener('abort', stop)
    call('index.states', { scope, filter, budget: MOST_HEADS }).catch((cause: unknown) => {
      end()
      reject(cause)
    })
  })
}

export interface SizesOptions extends CommonOptions {
  readonly depth: number
}

/** Shows objects and bytes below a prefix, and below each of its folders. */
export async function sizes(
  context: Context,
  prefix: string,
  { depth }: SizesOptions,
): Promise<number> {
  const place = { ...(await bucketOf(context)), prefix }
  await syncOnce(context, place)
  const { objects, bytes: size, folders } = await context.call('index.sizes', { ...place, depth })
  const rows = [...folders, { prefix, objects, bytes: size }]
  context.output.table(
    rows,
    rows.map((row) => [
      bytes(row.bytes),
      String(row.objects),
      context.output.name(row.prefix === '' ? place.bucket : row.prefix),
    ]),
  )
  return EXIT.done
}
