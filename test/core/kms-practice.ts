import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { KmsPatience } from '../../electron/core/keys/kms/kms-call.ts'
import {
  openKmsClient,
  type KmsAccess,
  type KmsClient,
} from '../../electron/core/keys/kms/kms-client.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import type { Credentials } from '../../electron/core/net/credentials.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { Failure, ok, type AppError } from '../../shared/contract/errors.ts'

/** A signal that is never aborted. */
export const never: AbortSignal = new AbortController().signal

/**
 * The practice server of one test file, without faults before each test, and clients for its KMS.
 */
export interface KmsBench {
  readonly practice: Practice
  /** Waits less than the app does. */
  connect(
    access?: Partial<KmsAccess>,
    credentials?: Partial<Credentials>,
    options?: Partial<KmsPatience>,
  ): KmsClient
}

export function kmsBench(): KmsBench {
  const directory = mkdtempSync(join(tmpdir(), 'cb-kms-'))
  const http = openHttpClient()
  const all = {} as { -readonly [K in keyof KmsBench]: KmsBench[K] }
  beforeAll(async () => {
    all.practice = await startPractice({ directory })
    const {
      accessKeyId,
      accessKeySecret,
      kms: { endpoint, region },
    } = all.practice
    all.connect = (access = {}, credentials = {}, options = {}) =>
      openKmsClient(
        {
          endpoint,
          region,
          credentials: async () =>
            ok({ accessKeyId, accessKeySecret, securityToken: null, ...credentials }),
          ...access,
        },
        http,
        { silenceMs: 1000, answerMs: 2000, attempts: 3, ...options },
      )
  })
  beforeEach(() => all.practice.kms.reset())
  afterAll(async () => {
    http.close()
    await all.practice.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return all
}

/** The expected failure of `work`; anything else is thrown. */
export async function errorOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (cause) {
    if (cause instanceof Failure) return cause.error
    throw cause
  }
  throw new Error('expected a failure')
}

/** A server of the test's own on 127.0.0.1, gone with `dispose`. */
export async function scripted(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly endpoint: string; readonly urls: string[] } & AsyncDisposable> {
  const urls: string[] = []
  const server = createServer((request, response) => {
    urls.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    urls,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => void server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
