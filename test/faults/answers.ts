import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Call, Strike } from './schedule.ts'

const OF_ONE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
])

/** Status line and headers of an answer as bytes. `raw`: name, value, name, value. */
export function headBytes(status: number, words: string, raw: readonly string[]): Buffer {
  const lines = [`HTTP/1.1 ${status} ${words}`]
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** The server's headers as they are passed on, changed where that is the strike. */
export function passedHeaders(
  { rawHeaders, headers }: IncomingMessage,
  strike: Strike | null,
): readonly string[] {
  const passed: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]]
    if (!OF_ONE_CONNECTION.has(name.toLowerCase()))
      passed.push(name, changed(name.toLowerCase(), value, strike))
  }
  if (headers['transfer-encoding'] !== undefined) passed.push('Transfer-Encoding', 'chunked')
  return passed
}

function changed(name: string, value: string, strike: Strike | null): string {
  if (strike?.kind === 'wrong-crc' && name === 'x-oss-hash-crc64ecma')
    return String(BigInt(value) ^ 1n)
  if (strike?.kind === 'wrong-etag' && name === 'etag')
    return value.replace(/[0-9A-F]/i, (digit) => (digit === '0' ? '1' : '0'))
  if (strike?.kind === 'wrong-date' && name === 'date')
    return new Date(Date.parse(value) + strike.ms).toUTCString()
  return value
}

/** Returns the proxy's own answer to a call, or null for a strike without one. */
export function ownAnswer(strike: Strike, { method }: Call): Buffer | null {
  if (strike.kind === 'status') {
    const code = { 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable' }[
      strike.status
    ]
    return refused(
      method,
      strike.status,
      code,
      '',
      strike.delayMs > 0 ? ['x-oss-qos-delay-time', String(strike.delayMs)] : [],
    )
  }
  if (strike.kind === 'skew') {
    const time = new Date(Date.now() + strike.ms)
    return refused(
      method,
      403,
      'RequestTimeTooSkewed',
      `<ServerTime>${time.toISOString()}</ServerTime>`,
      ['Date', time.toUTCString()],
    )
  }
  return null
}

function refused(
  method: string,
  status: number,
  code: string,
  more: string,
  headers: readonly string[],
): Buffer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>by the proxy</Message><RequestId>0123456789ABCDEF01234567</RequestId>${more}</Error>`
  const raw = [
    'Content-Type',
    'application/xml',
    'Content-Length',
    String(Buffer.byteLength(xml)),
    'x-oss-request-id',
    '0123456789ABCDEF01234567',
    ...headers,
  ]
  if (method !== 'HEAD') return Buffer.concat([headBytes(status, code, raw), Buffer.from(xml)])
  return headBytes(status, code, [...raw, 'x-oss-err', Buffer.from(xml).toString('base64')])
}

/** One answer on its way to the client. */
export interface Out {
  /** False: the client is gone, or `most` bytes have passed; nothing more will. */
  write(bytes: Uint8Array): Promise<boolean>
}

export function outTo(client: Socket, most = Infinity): Out {
  let left = most
  return {
    async write(bytes) {
      const passes = bytes.subarray(0, left)
      left -= passes.length
      if (client.destroyed) return false
      if (passes.length > 0)
        await new Promise<void>((resolve) => void client.write(passes, () => resolve()))
      return !client.destroyed && passes.length === bytes.length
    },
  }
}
