import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import {
  headObject,
  listObjects,
  putSmall,
  type ObjectHead,
} from '../../electron/core/oss/objects.ts'
import type { PracticeAccess } from '../../electron/core/app/core.ts'
import { ok } from '../../shared/contract/errors.ts'

const never = new AbortController().signal
/** Requests at the same time. */
const AT_ONCE = 16

/** An object before it is put. */
export interface MadeObject {
  readonly key: string
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** A client of its own for the practice server. */
export interface Filler {
  /** Puts objects of these names; each holds its own name. */
  put(keys: readonly string[]): Promise<void>
  /** Puts the objects that `make` makes of these names. */
  store(keys: readonly string[], make: (key: string) => Promise<MadeObject>): Promise<void>
  /** The headers of all objects below a prefix, in the order of the names. */
  heads(prefix: string): Promise<readonly (readonly [string, ObjectHead])[]>
  /** All names below a prefix. */
  names(prefix: string): Promise<readonly string[]>
  close(): void
}

/** `bucket`: the one that is filled, the practice server's own when left out. */
export function openFiller(
  access: Pick<
    PracticeAccess,
    'endpoint' | 'region' | 'accessKeyId' | 'accessKeySecret' | 'bucket'
  >,
  bucket = access.bucket,
): Filler {
  const { endpoint, region, accessKeyId, accessKeySecret } = access
  const http = openHttpClient()
  const credentials = async () => ok({ accessKeyId, accessKeySecret, securityToken: '' })
  const oss: Oss = openOss({ endpoint, region, credentials }, http)
  /** Does the work on all names, some at a time. */
  const eachOf = async (
    keys: readonly string[],
    work: (key: string) => Promise<unknown>,
  ): Promise<void> => {
    const rest = keys.values()
    const one = async (): Promise<void> => {
      for (const key of rest) await work(key)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, one))
  }
  const filler: Filler = {
    put: (keys) =>
      filler.store(keys, async (key) => ({ key, headers: {}, body: Buffer.from(key) })),
    store: (keys, make) =>
      eachOf(keys, async (key) =>
        putSmall(oss, { ...(await make(key)), bucket, forbidOverwrite: false }, never),
      ),
    async heads(prefix) {
      const names = await filler.names(prefix)
      const heads = new Map<string, ObjectHead>()
      await eachOf(names, async (key) => heads.set(key, await headObject(oss, bucket, key, never)))
      return names.flatMap((key) => {
        const head = heads.get(key)
        return head === undefined ? [] : [[key, head] as const]
      })
    },
    async names(prefix) {
      const found: string[] = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof listObjects>> = await listObjects(
          oss,
          { bucket, prefix, delimiter: '', cursor, max: 1000 },
          never,
        )
        found.push(...page.rows.map(({ key }) => key))
        cursor = page.cursor
      } while (cursor !== null)
      return found
    },
    close: () => http.close(),
  }
  return filler
}
