import type { HeaderMap } from './oss/request/exchange.ts'

/** One request as the OSS server received it, without signatures and tokens. */
export interface LoggedRequest {
  readonly requestId: string
  readonly method: string
  readonly bucket: string
  readonly key: string
  readonly query: ReadonlyMap<string, string>
  readonly headers: HeaderMap
  /** Bytes of the request's body that the server has read. */
  readonly requestBytes: number
  /** Bytes of the answer's body that the server has sent. */
  readonly responseBytes: number
  /** HTTP status; 0 while there is no answer, and when the server did not send it. */
  readonly status: number
  /** OSS's error code; '' when there was no error. */
  readonly code: string
}

/** An entry that the server still completes. */
export type LogEntry = { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] }

const MAX_ENTRIES = 10_000
const SECRETS: ReadonlySet<string> = new Set([
  'authorization',
  'x-oss-security-token',
  'security-token',
  'signature',
  'x-oss-signature',
  'ossaccesskeyid',
  'x-oss-credential',
])

/** Returns header or query pairs without secrets, for the log. */
export const withoutSecrets = (
  pairs: Iterable<readonly [string, string]>,
): ReadonlyMap<string, string> =>
  new Map([...pairs].filter(([name]) => !SECRETS.has(name.toLowerCase())))

/** The most recent entries of a log. Tests read them. */
export class RecentLog<T> {
  readonly #most: number
  #entries: T[] = []

  /** `most`: the number of entries above which the log drops the oldest tenth. */
  constructor(most = MAX_ENTRIES) {
    this.#most = most
  }

  /** Returns all entries, oldest first. */
  entries(): readonly T[] {
    return this.#entries
  }

  clear(): void {
    this.#entries = []
  }

  protected add(entry: T): void {
    this.#entries.push(entry)
    if (this.#entries.length > this.#most) this.#entries.splice(0, Math.ceil(this.#most / 10))
  }
}

/** The most recent requests of the OSS server. */
export class RequestLog extends RecentLog<LoggedRequest> {
  /** Adds an entry, which the server completes while it serves the request. */
  open(requestId: string, method: string, headers: HeaderMap): LogEntry {
    const shown = withoutSecrets(headers)
    const entry = {
      requestId,
      method,
      bucket: '',
      key: '',
      query: new Map(),
      headers: shown,
      requestBytes: 0,
      responseBytes: 0,
      status: 0,
      code: '',
    }
    this.add(entry)
    return entry
  }
}
