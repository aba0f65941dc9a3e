import { once } from 'node:events'
import {
  request as httpRequest,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http'
import type { Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Practice } from '../tools/practice.ts'
import { send } from '../practice/harness.ts'
import { headBytes, outTo, ownAnswer, passedHeaders } from './answers.ts'
import type { RequestHead, Requests } from './requests.ts'
import type { Call, Strike } from './schedule.ts'

/** One request on its way, and what is to happen to it. */
export interface Exchange {
  readonly call: Call
  readonly head: RequestHead
  readonly strike: Strike | null
  readonly requests: Requests
  readonly client: Socket
  readonly practice: Practice
  readonly agent: Agent
  /** Every chunk of the body as it comes; `done`: bytes with it. */
  readonly hears: (chunk: Buffer, done: number) => void
}

/**
 * The state of the connection: it can be used again, it is over, or it ends now by a reset or in
 * silence.
 */
type End = 'again' | 'over' | 'reset' | 'silent'

/** Carries out one request as its strike says. True: the connection may be used again. */
export async function runJob(exchange: Exchange): Promise<boolean> {
  const { client, strike } = exchange
  const end = await endOf(exchange)
  if (end === 'silent' && strike !== null && 'ms' in strike)
    await Promise.race([sleep(strike.ms), once(client, 'close').catch(() => undefined)])
  if (end === 'silent' || end === 'reset') client.resetAndDestroy()
  return end === 'again'
}

async function endOf(exchange: Exchange): Promise<End> {
  const { call, client, strike, practice } = exchange
  if (cutAt(exchange) < 0) return stopOf(strike)
  const own = strike === null ? null : ownAnswer(strike, call)
  if (own !== null) {
    await outTo(client).write(own)
    return body(exchange, () => undefined)
  }
  if (strike?.kind === 'delay') await sleep(strike.ms)
  if (strike?.kind === 'forget-upload') await forget(practice, call)
  return strike?.kind === 'twice' ? twice(exchange, strike.answer) : straight(exchange)
}

async function straight(exchange: Exchange): Promise<End> {
  const { up, answer } = ask(exchange)
  const pumped = body(exchange, async (chunk) => {
    if (!up.write(chunk)) await Promise.race([once(up, 'drain').catch(() => undefined), answer])
  })
  const first = await Promise.race([pumped, answer.then(() => 'answered' as const)])
  if (first === 'again') up.end()
  else if (first !== 'answered') {
    up.destroy()
    return first
  }
  const passed = await passOn(exchange, await answer)
  // The bytes that the server did not read are read here, so that the next request starts at its
  // first byte.
  return passed === 'again' ? pumped : passed
}

async function twice(exchange: Exchange, which: 1 | 2): Promise<End> {
  const chunks: Buffer[] = []
  const end = await body(exchange, (chunk) => void chunks.push(Buffer.from(chunk)))
  if (end !== 'again') return end
  const got: (IncomingMessage | null)[] = []
  for (let i = 0; i < 2; i++) {
    const { up, answer } = ask(exchange)
    up.end(Buffer.concat(chunks))
    got.push(await answer)
  }
  got[2 - which]?.on('error', () => undefined).resume()
  return passOn(exchange, got[which - 1] ?? null)
}

/** Bytes of the body that pass; below 0: not even the head. */
function cutAt({ strike, head }: Exchange): number {
  return strike?.kind === 'reset-request' || strike?.kind === 'half-open-request'
    ? strike.at - head.bytes
    : Infinity
}

const stopOf = (strike: Strike | null): End =>
  strike?.kind.startsWith('half-open') === true ? 'silent' : 'reset'

/** Reads the whole body, and gives what passes to `to`. */
async function body(exchange: Exchange, to: (chunk: Buffer) => Promise<void> | void): Promise<End> {
  const { call, requests, hears, strike } = exchange
  const most = cutAt(exchange)
  for (let done = 0; done < call.length;) {
    if (done >= most) return stopOf(strike)
    const chunk = await requests.more(call.length - done)
    if (chunk === null) return 'over'
    const passes = chunk.subarray(0, Math.max(0, most - done))
    done += chunk.length
    hears(chunk, done)
    if (passes.length > 0) await to(passes)
  }
  return most <= call.length ? stopOf(strike) : 'again'
}

function ask({ call, head, practice, agent }: Exchange): {
  readonly up: ClientRequest
  readonly answer: Promise<IncomingMessage | null>
} {
  const headers = Object.fromEntries([...call.headers].filter(([name]) => name !== 'connection'))
  const up = httpRequest({
    host: '127.0.0.1',
    port: practice.port,
    method: call.method,
    path: head.target,
    headers,
    agent,
  })
  const answer = new Promise<IncomingMessage | null>(
    (resolve) =>
      void up
        .on('error', () => resolve(null))
        .on('close', () => resolve(null))
        .on('response', resolve),
  )
  return { up, answer }
}

/** The server's answer to the client; null: the server gave none. */
async function passOn(
  { client, call, strike }: Exchange,
  got: IncomingMessage | null,
): Promise<End> {
  if (got === null) return 'reset'
  if (strike?.kind === 'lost') {
    await finished(got.resume()).catch(() => undefined)
    return 'reset'
  }
  const out = outTo(
    client,
    strike?.kind === 'reset-answer' || strike?.kind === 'half-open-answer' ? strike.at : Infinity,
  )
  const chunked = got.headers['transfer-encoding'] !== undefined && call.method !== 'HEAD'
  const framed = (chunk: Buffer): Buffer =>
    chunked
      ? Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')])
      : chunk
  let left = strike?.kind === 'truncate' ? strike.bytes : Infinity
  try {
    if (
      !(await out.write(
        headBytes(got.statusCode ?? 0, got.statusMessage ?? '', passedHeaders(got, strike)),
      ))
    ) {
      got.destroy()
      return stopOf(strike)
    }
    for await (const chunk of got as AsyncIterable<Buffer>) {
      if (!(await out.write(framed(chunk.subarray(0, left))))) return stopOf(strike)
      left -= chunk.length
      if (left < 0) return 'over'
    }
    return !chunked || (await out.write(Buffer.from('0\r\n\r\n'))) ? 'again' : stopOf(strike)
  } catch {
    // The server itself broke off.
    return 'reset'
  }
}

/** Drops the upload of a call behind the client's back. */
async function forget(practice: Practice, { bucket, key, query }: Call): Promise<void> {
  const uploadId = query.get('uploadId')
  if (uploadId !== undefined)
    await send(practice, { method: 'DELETE', bucket, key, query: { uploadId } })
}
