import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import {
  openOss,
  type Connection,
  type Oss,
  type OssOptions,
} from '../../electron/core/oss/client.ts'
import type { Credentials } from '../../electron/core/net/credentials.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { Failure, ok, type AppError } from '../../shared/contract/errors.ts'

/** A signal that is never aborted. */
export const never: AbortSignal = new AbortController().signal

/** The practice server of one test file, emptied before each test, and clients for it. */
export interface Bench {
  readonly practice: Practice
  readonly oss: Oss
  readonly bucket: string
  /** Milliseconds the server's clock is ahead. */
  skewMs: number
  connect(
    credentials?: Partial<Credentials>,
    options?: OssOptions,
    connection?: Partial<Connection>,
  ): Oss
}

/** Starts and stops everything with the file's hooks; the fields are there once a test runs. */
export function bench(): Bench {
  const directory = mkdtempSync(join(tmpdir(), 'cb-oss-'))
  let wire: HttpClient
  const all = { skewMs: 0 } as { -readonly [K in keyof Bench]: Bench[K] }
  beforeAll(async () => {
    wire = openHttpClient()
    all.practice = await startPractice({ directory, now: () => Date.now() + all.skewMs })
    all.bucket = all.practice.bucket
    all.connect = (credentials = {}, options = {}, connection = {}) => {
      const { accessKeyId, accessKeySecret, endpoint, region } = all.practice
      return openOss(
        {
          endpoint,
          region,
          credentials: async () =>
            ok({ accessKeyId, accessKeySecret, securityToken: null, ...credentials }),
          ...connection,
        },
        wire,
        options,
      )
    }
  })
  beforeEach(async () => {
    all.skewMs = 0
    await all.practice.reset()
    all.oss = all.connect()
  })
  afterAll(async () => {
    wire.close()
    await all.practice.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return all
}

/** The expected failure of `work`; anything else is an error of the test. */
export async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const cause = await work.then(
    (value) => new Error(`it worked: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  )
  if (cause instanceof Failure) return cause.error
  throw cause
}
