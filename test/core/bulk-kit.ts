import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { listObjects, putSmall } from '../../electron/core/oss/objects.ts'
import type { PracticeAccess } from '../../electron/core/app/core.ts'
import { ok } from '../../shared/contract/errors.ts'

const never = new AbortController().signal
/** Requests at the same time. */
const AT_ONCE = 16

/** A client of its own for the practice server. */
export interface Filler {
  /** Puts objects of these names; each holds its own name. */
  put(keys: readonly string[]): Promise<void>
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
  return {
    async put(keys) {
      const rest = keys.values()
      const work = async (): Promise<void> => {
        for (const key of rest)
          await putSmall(
            oss,
            { bucket, key, headers: {}, body: Buffer.from(key), forbidOverwrite: false },
            never,
          )
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
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
}
