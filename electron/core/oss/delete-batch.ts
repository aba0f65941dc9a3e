import { createHash } from 'node:crypto'
import { xmlText } from './oss-xml.ts'

/** Keys in one DeleteMultipleObjects, at most. Source: OSS documentation. */
export const MAX_BATCH = 1000
/** OSS takes 2 MB of XML; half of it keeps a distance. */
const MAX_BYTES = 1024 * 1024

export interface DeleteBatch {
  readonly keys: readonly string[]
  readonly body: Uint8Array
  /** Content-MD5, which OSS wants here. */
  readonly md5: string
}

export interface DeletePlan {
  readonly batches: readonly DeleteBatch[]
  /** Keys that XML cannot carry; to be deleted one by one. */
  readonly single: readonly string[]
}

/** Cuts keys into requests. Repeated keys are sent once. */
export function planDelete(keys: readonly string[]): DeletePlan {
  const batches: DeleteBatch[] = []
  const single: string[] = []
  let batch: string[] = []
  let items: string[] = []
  let bytes = 0
  const close = () => {
    if (batch.length > 0) batches.push(batchOf(batch, items))
    batch = []
    items = []
    bytes = 0
  }
  for (const key of new Set(keys)) {
    const text = xmlText(key)
    if (text === null) {
      single.push(key)
      continue
    }
    const item = `<Object><Key>${text}</Key></Object>`
    if (batch.length === MAX_BATCH || bytes + item.length * 3 > MAX_BYTES) close()
    batch.push(key)
    items.push(item)
    bytes += Buffer.byteLength(item)
  }
  close()
  return { batches, single }
}

function batchOf(keys: readonly string[], items: readonly string[]): DeleteBatch {
  // Not quiet: the answer names what was deleted, and what it does not name was not.
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><Delete><Quiet>false</Quiet>${items.join('')}</Delete>`,
  )
  return { keys, body, md5: createHash('md5').update(body).digest('base64') }
}
