import type { AddressInfo } from 'node:net'
import type { Accounts } from './accounts.ts'
import { Gate } from './kms/authenticate.ts'
import type { CmkState } from './kms/cmk.ts'
import type { KmsInterference } from './kms/interference.ts'
import { KeyStore, PRACTICE_ALIAS } from './kms/key-store.ts'
import { KmsLog } from './kms/log.ts'
import { kmsHttp } from './kms/serve.ts'

/** The settings of a KMS. */
export interface KmsOptions {
  /** Folder with one file of keys (mode 0600) for each region. */
  readonly directory: string
  readonly region: string
  readonly accounts: Accounts
  /** 0: a free port. */
  readonly port: number
  /** Returns the server's time, ms since 1970. */
  now(): number
  /** Called once for each request, with its action; '' when the request names none. */
  interfere(action: string): KmsInterference
}

/** A running KMS of one region. */
export interface PracticeKms {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string
  readonly port: number
  readonly region: string
  /** Id of the key with the alias `alias/practice`. */
  readonly cmkId: string
  readonly cmkArn: string
  readonly log: KmsLog
  /** Creates an enabled key. `alias` begins with `alias/`. */
  createKey(options?: { readonly alias?: string }): { readonly id: string; readonly arn: string }
  /** Sets the state of a key. Errors: Forbidden.KeyNotFound. */
  setState(id: string, state: CmkState): void
  /** Clears the log and enables all keys. */
  reset(): void
  /** Cuts open connections and resolves when no request is under way. */
  close(): Promise<void>
}

/** Starts the KMS of one region on 127.0.0.1. Errors: EADDRINUSE for a port in use. */
export async function kmsServer({
  directory,
  region,
  accounts,
  port,
  now,
  interfere,
}: KmsOptions): Promise<PracticeKms> {
  const keys = new KeyStore(directory, region, now())
  const log = new KmsLog()
  const { http, close } = kmsHttp({ gate: new Gate(accounts), keys, log, now, interfere })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', resolve)
  })
  const { port: actual } = http.address() as AddressInfo
  const first = keys.find(PRACTICE_ALIAS)
  return {
    endpoint: `http://127.0.0.1:${actual}`,
    port: actual,
    region,
    cmkId: first.id,
    cmkArn: keys.arn(first),
    log,
    createKey: ({ alias } = {}) => {
      const key = keys.create(alias === undefined ? [] : [alias], now())
      return { id: key.id, arn: keys.arn(key) }
    },
    setState: (id, state) => keys.setState(id, state),
    reset: () => {
      for (const { id, state } of keys.keys) if (state !== 'Enabled') keys.setState(id, 'Enabled')
      log.clear()
    },
    close,
  }
}
