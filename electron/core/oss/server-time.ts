import type { Oss } from './client.ts'

/**
 * Returns the time of the server, in milliseconds since 1970. It is the Date header of a listing of
 * one row, or this computer's clock where the answer has no such header. Throws Failure.
 */
export async function serverTime(oss: Oss, bucket: string, signal: AbortSignal): Promise<number> {
  const query = { 'list-type': '2', 'max-keys': '1' }
  const answer = await oss.call(
    { method: 'GET', bucket, key: null, action: 'oss:ListObjects', query },
    signal,
  )
  const told = Date.parse(answer.headers.get('date') ?? '')
  return Number.isNaN(told) ? Date.now() + oss.clockOffsetMs() : told
}
