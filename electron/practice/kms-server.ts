import type { AddressInfo } from 'node:net'
import type { Accounts } from './accounts.ts'
import { Gate } from './kms/authenticate.ts'
import type { CmkState } from './kms/cmk.ts'
import { KmsFaults } from './kms/faults.ts'
import { KeyStore, PRACTICE_ALIAS } from './kms/key-store.ts'
import { KmsLog } from './kms/log.ts'
import { kmsHttp } from './kms/serve.ts'

export interface KmsOptions {
  /** Folder with the keys of each region (mode 0600). */
  readonly directory: string
  readonly region: string
  readonly accounts: Accounts
  /** 0: the system chooses. */
  readonly port: number
  /** The server's clock, ms since 1970. */
  now(): number
}

/** A running KMS of one region. */
export interface PracticeKms {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string
  readonly port: number
  readonly region: string
  /** The key behind `alias/practice`. */
  readonly cmkId: string
  readonly cmkArn: string
  readonly faults: KmsFaults
  readonly log: KmsLog
  /** Creates an enabled key. `alias` begins with `alias/`. */
  createKey(options?: { readonly alias?: string }): { readonly id: string; readonly arn: string }
  setState(id: string, state: CmkState): void
  /** Removes faults and log entries and enables all keys. The keys stay. */
  reset(): void
  /** Cuts open connections and resolves when no request is under way. */
  close(): Promise<void>
}

/** Starts a KMS on 127.0.0.1. Errors: EADDRINUSE for a port in use. */
export async function kmsServer({
  directory,
  region,
  accounts,
  port,
  now,
}: KmsOptions): Promise<PracticeKms> {
  const keys = new KeyStore(directory, region, now())
  const [faults, log] = [new KmsFaults(), new KmsLog()]
  const { http, close } = kmsHttp({ gate: new Gate(accounts), keys, faults, log, now })
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
    faults,
    log,
    createKey: ({ alias } = {}) => {
      const made = keys.create(alias === undefined ? [] : [alias], now())
      return { id: made.id, arn: keys.arn(made) }
    },
    setState: (id, state) => keys.setState(id, state),
    reset: () => {
      for (const { id, state } of keys.keys) if (state !== 'Enabled') keys.setState(id, 'Enabled')
      faults.clear()
      log.clear()
    },
    close,
  }
}
