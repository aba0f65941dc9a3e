import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request, type Agent, type ClientRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PracticeOptions } from '../../electron/practice/start.ts'
import { startPractice, type Practice } from '../tools/practice.ts'

export interface Given {
  readonly method?: string
  /** '' addresses the service. */
  readonly bucket?: string
  readonly key?: string
  /** null: the name alone. */
  readonly query?: Readonly<Record<string, string | null>>
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string | Uint8Array
  readonly credentials?: {
    readonly accessKeyId: string
    readonly accessKeySecret: string
    readonly securityToken?: string
  }
  /** ms since 1970 */
  readonly at?: number
  /** Without x-oss-date; the text of Date is signed in its place, as the Go SDK V1 does it. */
  readonly dated?: boolean
  readonly agent?: Agent
}

export interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly text: string
  /** Of an error's XML. */
  readonly code: string
  readonly ec: string
}

/** A practice server in a directory of its own; both are gone after `close`. */
export async function freshPractice(options: Partial<PracticeOptions> = {}): Promise<Practice> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'practice-'))
  const practice = await startPractice({ ...options, directory })
  if (options.directory !== undefined) return practice
  const close = async () => {
    await practice.close()
    rmSync(directory, { recursive: true, force: true })
  }
  return { ...practice, close }
}

export const percent = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/**
 * A second V4 signer, written from the documents alone, so that the server is not checked against
 * its own code.
 */
export function signedHeaders(practice: Practice, given: Given): Record<string, string> {
  const {
    method = 'GET',
    bucket = practice.bucket,
    key = '',
    query = {},
    credentials = practice,
    at = Date.now(),
    dated = false,
  } = given
  const time = new Date(at).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  const headers: Record<string, string> = {
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    ...(dated ? { date: new Date(at).toUTCString() } : { 'x-oss-date': time }),
  }
  const token = 'securityToken' in credentials ? credentials.securityToken : undefined
  if (token !== undefined) headers['x-oss-security-token'] = token
  for (const [name, value] of Object.entries(given.headers ?? {}))
    if (value !== undefined) headers[name] = value
  const signed = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .filter(
      ([name]) => name.startsWith('x-oss-') || name === 'content-type' || name === 'content-md5',
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const pairs = Object.entries(query)
    .map(
      ([name, value]) =>
        percent(name) + (value === null || value === '' ? '' : `=${percent(value)}`),
    )
    .sort()
  const path = bucket === '' ? '/' : `/${bucket}/${percent(key).replaceAll('%2F', '/')}`
  const canonical = [
    method,
    path,
    pairs.join('&'),
    signed.map(([n, v]) => `${n}:${v}\n`).join(''),
    '',
    'UNSIGNED-PAYLOAD',
  ].join('\n')
  const scope = `${time.slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request`
  const toSign = [
    'OSS4-HMAC-SHA256',
    headers['date'] ?? time,
    scope,
    createHash('sha256').update(canonical, 'latin1').digest('hex'),
  ].join('\n')
  let secret: string | Buffer = `aliyun_v4${credentials.accessKeySecret}`
  for (const step of scope.split('/')) secret = createHmac('sha256', secret).update(step).digest()
  const signature = createHmac('sha256', secret).update(toSign).digest('hex')
  return {
    ...headers,
    authorization: `OSS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope},Signature=${signature}`,
  }
}

/** Path and query of a request, path style. */
export function pathOf(
  practice: Practice,
  { bucket = practice.bucket, key = '', query = {} }: Given,
): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => percent(name) + (value === null ? '' : `=${percent(value)}`),
  )
  const path = bucket === '' ? '/' : `/${bucket}/${percent(key).replaceAll('%2F', '/')}`
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

/** Sends a signed request over plain node:http. */
export function send(practice: Practice, given: Given): Promise<Got> {
  const body = given.body === undefined ? null : Buffer.from(given.body)
  const chunked = given.headers?.['transfer-encoding'] !== undefined
  const length = chunked
    ? {}
    : body !== null || given.method === 'PUT' || given.method === 'POST'
      ? { 'content-length': String(body?.length ?? 0) }
      : {}
  return sendRaw(
    practice,
    given.method ?? 'GET',
    pathOf(practice, given),
    { ...length, ...signedHeaders(practice, given) },
    body,
    given.agent,
  )
}

/**
 * Sends the headers, and waits until the server is reading the body; the answer comes when the
 * function it returns has sent the body.
 */
export async function sendLate(
  practice: Practice,
  given: Given,
  body: string,
): Promise<() => Promise<Got>> {
  const headers = { ...signedHeaders(practice, given), 'content-length': String(body.length) }
  const sent = request({
    host: '127.0.0.1',
    port: practice.port,
    method: given.method,
    path: pathOf(practice, given),
    headers,
    agent: false,
  })
  const got = answerTo(sent)
  sent.write(body.slice(0, 1))
  while (practice.log.entries().at(-1)?.requestBytes !== 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
  return () => {
    sent.end(body.slice(1))
    return got
  }
}

/** Sends exactly this. */
export function sendRaw(
  practice: Practice,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer | null = null,
  agent?: Agent,
): Promise<Got> {
  const sent = request({
    host: '127.0.0.1',
    port: practice.port,
    method,
    path,
    headers,
    agent: agent ?? false,
  })
  sent.end(body ?? undefined)
  return answerTo(sent)
}

function answerTo(sent: ClientRequest): Promise<Got> {
  return new Promise((resolve, reject) => {
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = bytes.toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Readonly<Record<string, string | undefined>>,
          rawHeaders: response.rawHeaders,
          body: bytes,
          text,
          code: inside(text, 'Code') ?? '',
          ec: inside(text, 'EC') ?? '',
        })
      })
    })
    sent.on('error', reject)
  })
}

/** Text of the first element of this name. */
export function inside(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}

/** Text of all elements of this name. */
export function allInside(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(
    ([, text = '']) => text,
  )
}

export const md5Base64 = (bytes: string | Uint8Array): string =>
  createHash('md5').update(bytes).digest('base64')
