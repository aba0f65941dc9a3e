import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { acceptedLanguages, chosenLanguage, languageOf } from '../../shared/contract/languages.ts'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { GUARD_HEADERS, pageFile, pagePolicy } from '../host/page-files.ts'
import type { RefusalReason } from './guard.ts'
import { PLAIN_POLICY, plainPage } from './words.ts'

/**
 * Answers with a file of the built page, or with a page that says it does not exist. `folder`: of
 * the built page. `host`: `127.0.0.1:PORT`.
 */
export async function fileAnswer(
  folder: string,
  host: string,
  pathname: string,
  chosen: Settings['language'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = pageFile(folder, pathname)
  const info = file === null ? null : await stat(file.path).catch(() => null)
  if (file === null || !info?.isFile())
    return wordsAnswer(404, 'not-found', chosen, request, response)
  response.writeHead(200, {
    ...GUARD_HEADERS,
    // 'self' covers the WebSocket in current browsers. Older browsers need its name.
    'content-security-policy': pagePolicy(`'self' ws://${host}`),
    'content-type': file.type,
    'content-length': info.size,
    'cache-control': file.cacheControl,
  })
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream(file.path), response)
}

/**
 * Answers with a page in plain words instead of the app. Its language is the user's choice, or else
 * the browser's.
 */
export function wordsAnswer(
  status: number,
  reason: RefusalReason | 'not-found',
  chosen: Settings['language'],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const browser = languageOf(acceptedLanguages(request.headers['accept-language'] ?? ''))
  htmlAnswer(status, plainPage(reason, chosenLanguage(chosen, browser)), request, response)
}

/**
 * Answers with a page of ours without scripts. The rest of a request that was not let in is not
 * read.
 */
export function htmlAnswer(
  status: number,
  html: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const reads = request.method === 'GET' || request.method === 'HEAD'
  response.writeHead(status, {
    ...GUARD_HEADERS,
    'content-security-policy': PLAIN_POLICY,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    ...(reads ? {} : { connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : html)
}
