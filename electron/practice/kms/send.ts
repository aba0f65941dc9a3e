import type { ServerResponse } from 'node:http'
import { struckBy } from '../faults.ts'
import { element, leaf, xmlDocument } from '../oss/xml.ts'
import type { KmsError } from './errors.ts'
import type { KmsFaultAction } from './faults.ts'
import type { Answer, AnswerValue } from './operations.ts'

/** An answer, as a value. */
export interface KmsReply {
  readonly status: number
  /** Of the XML document. */
  readonly root: string
  readonly answer: Answer
}

export const doneReply = (action: string, answer: Answer, requestId: string): KmsReply => ({
  status: 200,
  root: `${action}Response`,
  answer: { ...answer, RequestId: requestId },
})

export const kmsErrorReply = (
  { status, code, message }: KmsError,
  requestId: string,
): KmsReply => ({
  status,
  root: 'KMS',
  answer: { HttpStatus: status, Code: code, Message: message, RequestId: requestId },
})

/** Writes the answer as asked, spoilt by the faults that struck its request. */
export function sendKmsReply(
  response: ServerResponse,
  reply: KmsReply,
  format: 'json' | 'xml',
  faults: readonly KmsFaultAction[],
): void {
  if (struckBy(faults, 'lose-response') !== undefined) {
    response.socket?.resetAndDestroy()
    return
  }
  if (struckBy(faults, 'html') !== undefined) {
    write(response, 502, 'text/html', '<html><body><h1>502 Bad Gateway</h1></body></html>')
    return
  }
  const answer = { ...reply.answer, ...struckBy(faults, 'answer')?.with }
  const text = format === 'json' ? JSON.stringify(answer) : xmlDocument(reply.root, markup(answer))
  write(
    response,
    reply.status,
    format === 'json' ? 'application/json;charset=utf-8' : 'text/xml;charset=utf-8',
    text.slice(0, struckBy(faults, 'cut')?.chars),
  )
}

function write(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text)
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

/** Members as elements; a list repeats its element. */
function markup(answer: Answer): string {
  return Object.entries(answer)
    .flatMap(([name, value]) => (isList(value) ? value : [value]).map((one) => child(name, one)))
    .join('')
}

const child = (name: string, value: string | number | Answer): string =>
  typeof value === 'object' ? element(name, markup(value)) : leaf(name, value)

const isList = (value: AnswerValue): value is readonly Answer[] => Array.isArray(value)
