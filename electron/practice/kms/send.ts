import type { ServerResponse } from 'node:http'
import { element, leaf, xmlDocument } from '../oss/xml.ts'
import type { KmsError } from './errors.ts'
import type { Answer, AnswerValue } from './operations.ts'

/** An answer as a value. */
export interface KmsReply {
  readonly status: number
  /** Name of the root element in XML. */
  readonly root: string
  readonly answer: Answer
}

/** Returns the answer to a request that was carried out. */
export const doneReply = (action: string, answer: Answer, requestId: string): KmsReply => ({
  status: 200,
  root: `${action}Response`,
  answer: { ...answer, RequestId: requestId },
})

/** Returns the answer to a request that was refused. */
export const kmsErrorReply = (
  { status, code, message }: KmsError,
  requestId: string,
): KmsReply => ({
  status,
  root: 'KMS',
  answer: { HttpStatus: status, Code: code, Message: message, RequestId: requestId },
})

/** An answer as text. */
export interface KmsMessage {
  readonly status: number
  /** Value of Content-Type. */
  readonly type: string
  readonly text: string
}

/** Returns the text of an answer, in JSON or XML. */
export function messageOf({ status, root, answer }: KmsReply, format: 'json' | 'xml'): KmsMessage {
  return format === 'json'
    ? { status, type: 'application/json;charset=utf-8', text: JSON.stringify(answer) }
    : { status, type: 'text/xml;charset=utf-8', text: xmlDocument(root, markup(answer)) }
}

/** Sends an answer. */
export function send(response: ServerResponse, { status, type, text }: KmsMessage): void {
  const body = Buffer.from(text)
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

/** Returns the members as XML elements. A list becomes one element for each of its members. */
function markup(answer: Answer): string {
  return Object.entries(answer)
    .flatMap(([name, value]) => (isList(value) ? value : [value]).map((one) => child(name, one)))
    .join('')
}

const child = (name: string, value: string | number | Answer): string =>
  typeof value === 'object' ? element(name, markup(value)) : leaf(name, value)

const isList = (value: AnswerValue): value is readonly Answer[] => Array.isArray(value)
