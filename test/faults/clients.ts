import { afterAll, beforeAll } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import type { Practice } from '../../electron/practice/start.ts'
import { Failure, ok, type AppError } from '../../shared/contract/errors.ts'
import type { FaultProxy } from './proxy.ts'

/** Clients that reach the practice server through a proxy; their sockets end with the test file. */
export function clients(): (practice: Practice, proxy: FaultProxy) => Oss {
  let wire: HttpClient
  beforeAll(() => void (wire = openHttpClient()))
  afterAll(() => wire.close())
  return ({ region, accessKeyId, accessKeySecret }, { endpoint }) =>
    openOss(
      {
        endpoint,
        region,
        credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
      },
      wire,
    )
}

/** The expected failure, or null when it worked. */
export const failureOf = (work: Promise<unknown>): Promise<AppError | null> =>
  work.then(
    () => null,
    (cause: unknown) => {
      if (cause instanceof Failure) return cause.error
      throw cause
    },
  )
