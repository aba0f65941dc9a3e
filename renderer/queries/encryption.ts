import { queryOptions } from '@tanstack/react-query'
import type { Encryption, ObjectRow } from '../../shared/contract/models.ts'
import { call, names } from './core.ts'
import { groupBy } from './group-by.ts'
import type { Place } from './objects.ts'

type At = Pick<Place, 'profileId' | 'bucket'>

interface Wanted {
  readonly place: At
  readonly row: ObjectRow
  readonly signal: AbortSignal
  readonly resolve: (encryption: Encryption | null) => void
  readonly reject: (cause: unknown) => void
}

/** Milliseconds without scrolling after which rows are looked up. */
const IDLE_MS = 120
const BATCH = 50

let wanted: Wanted[] = []
let timer: ReturnType<typeof setTimeout> | undefined

/**
 * Returns the state of one object, cached by key, ETag and time. Rows ask when they come into view.
 * Their questions go to the core together, once scrolling rests. Null: the object is gone, or its
 * headers cannot be read.
 */
export const encryptionQuery = (place: At, row: ObjectRow) =>
  queryOptions({
    queryKey: names.encryption(place.profileId, place.bucket, row),
    queryFn: ({ signal }) =>
      new Promise<Encryption | null>((resolve, reject) => {
        wanted.push({ place, row, signal, resolve, reject })
        clearTimeout(timer)
        timer = setTimeout(ask, IDLE_MS)
      }),
    gcTime: 60 * 60_000,
  })

function ask(): void {
  const now = wanted.filter((one) => !one.signal.aborted)
  for (const one of wanted) if (one.signal.aborted) one.resolve(null)
  wanted = []
  const places = groupBy(now, ({ place }) => `${place.profileId} ${place.bucket}`)
  for (const group of places.values()) {
    for (let i = 0; i < group.length; i += BATCH) void askBatch(group.slice(i, i + BATCH))
  }
}

async function askBatch(batch: readonly Wanted[]): Promise<void> {
  const first = batch[0]
  if (first === undefined) return
  const { profileId, bucket } = first.place
  try {
    const objects = batch.map(({ row: { key, etag, modified } }) => ({ key, etag, modified }))
    const answers = await call('objects.encryption', { profileId, bucket, objects })
    batch.forEach((one, i) => one.resolve(answers[i] ?? null))
  } catch (cause) {
    for (const one of batch) one.reject(cause)
  }
}
