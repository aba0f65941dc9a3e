import { readFile } from 'node:fs/promises'

interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> }
  readonly events: readonly {
    readonly type: number
    readonly params?: Readonly<Record<string, unknown>>
  }[]
}

/**
 * The requests of Chromium to any network, as its log (`--log-net-log`) has them. Source:
 * net/log/net_log_event_type_list.h.
 */
export interface Asked {
  /** Addresses of requests. The app's own scheme does not count, since no network serves it. */
  readonly addresses: readonly string[]
  /** Hosts that were looked up. */
  readonly hosts: readonly string[]
  /** Lines of the log. */
  readonly events: number
}

/** Throws when the log is cut off: Chromium closes it when it ends well. */
export async function readNetLog(file: string): Promise<Asked> {
  const { constants, events } = JSON.parse(await readFile(file, 'utf8')) as NetLog
  const named = new Map(Object.entries(constants.logEventTypes).map(([name, type]) => [type, name]))
  const texts = (key: string, of: RegExp): readonly string[] =>
    events.flatMap(({ type, params }) =>
      of.test(named.get(type) ?? '') && typeof params?.[key] === 'string' ? [params[key]] : [],
    )
  return {
    addresses: [...new Set(texts('url', /./).filter((url) => /^(https?|wss?|ftp):/i.test(url)))],
    hosts: [
      ...new Set([
        ...texts('host', /^HOST_RESOLVER/),
        ...texts('hostname', /DNS/),
        ...texts('dns_query', /./),
      ]),
    ],
    events: events.length,
  }
}
