import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError, Result } from '../../shared/contract/errors.ts'
import { GUARD_HEADERS } from '../host/page-files.ts'
import type { OpenDrop, OpenedThing } from './spool-open.ts'
import type { Spool } from './spool.ts'

/**
 * Answers the requests that carry dropped files. All answers are JSON: 200 with `null` or
 * `Grant[]`, else an `AppError`. 'cancelled' comes with 200 too where one request carries many
 * files.
 *
 * `POST /spool?drop=…&path=…&kind=file|folder&modified=…` has the file's bytes as body. `POST
 * /spool/many?drop=…` has many small files, see `spool-frames.ts`. `POST /spool/finish?drop=…`
 * follows the last file.
 *
 * `POST /spool/open?drop=…` comes first for an upload that starts while files arrive. Its body
 * lists the dropped things as JSON. The answer has a line with `Grant[]` at once. A second line
 * follows when the drop is over: `null`, or the reason why files are missing. The answer stays open
 * until then, and a page that goes away ends it.
 */
export async function spoolAnswer(
  spool: Spool,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const given = (name: string): string => url.searchParams.get(name) ?? ''
  const announced = request.headers['content-length']
  const length = announced === undefined ? null : Number(announced)
  let result: Result<unknown>
  switch (url.pathname) {
    case '/spool':
      result = await spool.take(
        {
          drop: given('drop'),
          path: given('path'),
          kind: given('kind'),
          modified: given('modified'),
          length,
        },
        request,
      )
      break
    case '/spool/many':
      result = await spool.many(given('drop'), length, request)
      // A user who ends a drop is not an error. A browser would log another status as one.
      if (!result.ok && result.error.code === 'cancelled')
        result = { ok: true, value: result.error }
      break
    case '/spool/open':
      return openAnswer(spool, given('drop'), request, response)
    case '/spool/finish':
      result = await spool.finish(given('drop'))
      break
    default:
      result = { ok: false, error: { code: 'bad-request', detail: 'no such address' } }
  }
  answer(result, request, response)
}

function answer(result: Result<unknown>, request: IncomingMessage, response: ServerResponse): void {
  if (request.destroyed && !request.complete) return
  response.writeHead(result.ok ? 200 : statusOf(result.error), {
    ...HEADERS,
    // The rest of a refused body is not read.
    ...(request.complete ? {} : { connection: 'close' }),
  })
  response.end(JSON.stringify(result.ok ? result.value : result.error))
}

async function openAnswer(
  spool: Spool,
  drop: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const things = thingsOf(await textOf(request))
  const opened: Result<OpenDrop> =
    things === null
      ? { ok: false, error: { code: 'bad-request', detail: 'spool: things' } }
      : await spool.open(drop, things, (error) => response.end(`${JSON.stringify(error)}\n`))
  if (!opened.ok) return answer(opened, request, response)
  // Nothing is sent while the files are copied.
  request.socket.setTimeout(0)
  response.on('close', () => opened.value.breakOff('page'))
  if (response.destroyed) return opened.value.breakOff('page')
  response.writeHead(200, HEADERS)
  response.write(`${JSON.stringify(opened.value.grants)}\n`)
}

/** Returns the body as text, or null beyond the limit. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = []
  let held = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    held += piece.length
    if (held > MAX_THINGS_BYTES) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function thingsOf(text: string | null): readonly OpenedThing[] | null {
  try {
    const things = JSON.parse(text ?? '') as readonly Record<string, unknown>[]
    return things.map((thing) => {
      const { name, kind, size } = thing
      if (
        typeof name !== 'string' ||
        !(kind === 'file' || kind === 'folder' || kind === 'files') ||
        !(size === null || Number.isSafeInteger(size))
      )
        throw new Error('not a thing')
      return { name, kind, size: size as number | null }
    })
  } catch {
    return null
  }
}

const MAX_THINGS_BYTES = 4 * 1024 * 1024
const HEADERS = {
  ...GUARD_HEADERS,
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
} as const

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
