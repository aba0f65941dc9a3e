import { createHash } from 'node:crypto'
import { xmlText } from './oss-xml.ts'

/** An object that is to be deleted, or one of its versions. */
export interface DeleteTarget {
  readonly key: string
  /** Null: the current version, which gets a delete marker where the bucket has versioning. */
  readonly versionId: string | null
}

/** The most objects of one DeleteMultipleObjects. Source: OSS documentation. */
const MAX_BATCH = 1000
/** OSS takes 2 MB of XML. Half of it leaves a margin. */
const MAX_BYTES = 1024 * 1024

/** One DeleteMultipleObjects request. */
export interface DeleteBatch {
  readonly targets: readonly DeleteTarget[]
  readonly body: Uint8Array
  /** Content-MD5, which OSS requires here. */
  readonly md5: string
}

export interface DeletePlan {
  readonly batches: readonly DeleteBatch[]
  /** Targets whose keys XML cannot carry; each needs a request of its own. */
  readonly single: readonly DeleteTarget[]
}

/** Returns a name that is the same for equal targets only: no version id has a slash in it. */
export const nameOfTarget = ({ key, versionId }: DeleteTarget): string =>
  `${versionId ?? ''}/${key}`

/** Divides targets into requests. A repeated target is sent once. */
export function planDelete(targets: readonly DeleteTarget[]): DeletePlan {
  const batches: DeleteBatch[] = []
  const single: DeleteTarget[] = []
  let batch: DeleteTarget[] = []
  let items: string[] = []
  let bytes = 0
  const close = () => {
    if (batch.length > 0) batches.push(batchOf(batch, items))
    batch = []
    items = []
    bytes = 0
  }
  for (const target of new Map(targets.map((one) => [nameOfTarget(one), one])).values()) {
    const [key, id] = [xmlText(target.key), xmlText(target.versionId ?? '')]
    if (key === null || id === null) {
      single.push(target)
      continue
    }
    const version = target.versionId === null ? '' : `<VersionId>${id}</VersionId>`
    const item = `<Object><Key>${key}</Key>${version}</Object>`
    if (batch.length === MAX_BATCH || bytes + item.length * 3 > MAX_BYTES) close()
    batch.push(target)
    items.push(item)
    bytes += Buffer.byteLength(item)
  }
  close()
  return { batches, single }
}

function batchOf(targets: readonly DeleteTarget[], items: readonly string[]): DeleteBatch {
  // Not quiet: the answer names every object that was deleted, and no other object was.
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><Delete><Quiet>false</Quiet>${items.join('')}</Delete>`,
  )
  return { targets, body, md5: createHash('md5').update(body).digest('base64') }
}
