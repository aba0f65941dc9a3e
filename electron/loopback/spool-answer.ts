import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError, Result } from '../../shared/contract/errors.ts'
import { GUARD_HEADERS } from '../core/app/page-files.ts'
import type { Spool } from './spool.ts'

/**
 * The two requests that carry dropped files. Both answer JSON: 200 with `null` or `Grant[]`, else an `AppError`.
 *
 * `POST /spool?drop=…&path=…&kind=file|folder&modified=…` with the file's bytes as body;
 * `POST /spool/finish?drop=…` after the last of them.
 */
export async function spoolAnswer(spool: Spool, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const given = (name: string): string => url.searchParams.get(name) ?? ''
  let result: Result<unknown>
  if (url.pathname === '/spool') {
    const length = request.headers['content-length']
    result = await spool.take(
      { drop: given('drop'), path: given('path'), kind: given('kind'), modified: given('modified'), length: length === undefined ? null : Number(length) },
      request,
    )
  } else if (url.pathname === '/spool/finish') {
    result = await spool.finish(given('drop'))
  } else {
    result = { ok: false, error: { code: 'bad-request', detail: 'no such address' } }
  }
  if (request.destroyed && !request.complete) return
  response.writeHead(result.ok ? 200 : statusOf(result.error), {
    ...GUARD_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    // What is left of a refused body is not worth reading.
    ...(request.complete ? {} : { connection: 'close' }),
  })
  response.end(JSON.stringify(result.ok ? result.value : result.error))
}

function statusOf(error: AppError): number {
  switch (error.code) {
    case 'disk-full':
      return 507
    case 'name-taken':
    case 'cancelled':
      return 409
    case 'target-unwritable':
      return 500
    default:
      return 400
  }
}
