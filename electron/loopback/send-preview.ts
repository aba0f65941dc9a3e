import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Failure } from '../../shared/contract/errors.ts'
import type { PreviewContents } from '../../shared/contract/models-previews.ts'
import { previewAnswer } from '../host/preview-answer.ts'

/**
 * Answers with a range of a preview. A browser that goes away ends the reading. After an error in
 * the middle the connection ends, so that the browser never takes a part for the whole.
 */
export async function sendPreview(
  contents: PreviewContents,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { method = '', headers: asked } = request
  const { status, headers, body } = previewAnswer(
    contents,
    { id, method, range: asked.range ?? null, isImage: asked['sec-fetch-dest'] === 'image' },
    gone.signal,
  )
  response.writeHead(status, headers)
  if (body === null) return void response.end()
  try {
    await pipeline(Readable.from(body, { objectMode: false, highWaterMark: 1 }), response)
  } catch (cause) {
    // The page shows why the preview ended when it opens it again.
    response.destroy()
    if (!(cause instanceof Failure) && !gone.signal.aborted) throw cause
  }
}
