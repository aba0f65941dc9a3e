import type { IncomingMessage } from 'node:http'
import type { HeaderMap, QueryParam } from './exchange.ts'
import type { LogEntry } from '../../request-log.ts'

/** Yields the chunks of the body and counts their bytes in the log. */
export async function* bodyOf(request: IncomingMessage, entry: LogEntry): AsyncGenerator<Buffer> {
  // A refusal in the middle of a body must not close the connection, which carries the answer.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const chunk of chunks) {
    entry.requestBytes += chunk.length
    yield chunk
  }
}

export function rawPairs({ rawHeaders }: IncomingMessage): readonly (readonly [string, string])[] {
  return Array.from(
    { length: rawHeaders.length / 2 },
    (_, i) => [rawHeaders[2 * i] ?? '', rawHeaders[2 * i + 1] ?? ''] as const,
  )
}

export function headerMap(request: IncomingMessage): HeaderMap {
  const headers = new Map<string, string>()
  for (const [name, value] of rawPairs(request)) {
    const lower = name.toLowerCase()
    const before = headers.get(lower)
    headers.set(lower, before === undefined ? value : `${before},${value}`)
  }
  return headers
}

export function firstOf(params: readonly QueryParam[]): ReadonlyMap<string, string> {
  return new Map([...params].reverse().map(({ name, value }) => [name, value]))
}
