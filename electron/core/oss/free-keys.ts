import { Failure } from '../../../shared/contract/errors.ts'
import { brokenNameRule } from '../../../shared/contract/object-names.ts'
import type { Oss } from './client.ts'
import { headIfThere } from './objects.ts'

const MAX_TRIES = 1000

/**
 * Finds a free name for each key, such as `report (2).pdf`. `taken` holds the keys that the same
 * upload uses; the new names are added to it.
 * Errors: Failure 'object-exists' when a thousand names are in use, or none fits in a key's bytes.
 */
export async function freeKeys(
  oss: Oss,
  bucket: string,
  keys: readonly string[],
  taken: Set<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const key of keys) {
    const free = await firstFree(oss, bucket, key, taken, signal)
    taken.add(free)
    found.set(key, free)
  }
  return found
}

async function firstFree(
  oss: Oss,
  bucket: string,
  key: string,
  taken: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string> {
  for (let number = 2; number < MAX_TRIES; number++) {
    const name = numbered(key, number)
    if (brokenNameRule(name) !== null) break
    if (!taken.has(name) && (await headIfThere(oss, bucket, name, signal)) === null) return name
  }
  throw new Failure({ code: 'object-exists', key })
}

/** Returns `a/report (2).pdf` for `a/report.pdf` and 2. A leading dot starts no extension. */
export function numbered(key: string, number: number): string {
  const name = key.lastIndexOf('/') + 1
  const dot = key.lastIndexOf('.')
  const cut = dot > name ? dot : key.length
  return `${key.slice(0, cut)} (${number})${key.slice(cut)}`
}
