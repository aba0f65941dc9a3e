import type { Socket } from 'node:net'
import { Failure, isDistrust } from '../../../shared/contract/errors.ts'
import type { ProxyProblem } from '../../../shared/contract/errors.ts'
import { networkFailure } from './net-error.ts'
import { proxyName, type ProxyServer } from './proxy.ts'
import type { Target } from './target.ts'

/** The most bytes of one answer of a proxy. */
const MOST_BYTES = 16 * 1024

/** The dialogue with a proxy, before the proxy passes bytes on. */
export interface ProxyDialogue {
  write(bytes: Uint8Array | string): void
  /** Resolves with the next `count` bytes. */
  read(count: number): Promise<Buffer>
  /** Resolves with everything up to `end`, as latin1. At most 16 KiB. */
  readUntil(end: string): Promise<string>
  /** The error of this proxy. `detail`: a status, a reply code, or a system's code. */
  failure(problem: ProxyProblem, detail: string | number): Failure
}

/**
 * Opens the dialogue on a socket. It reads exactly what is asked for, so that no byte of the target
 * is lost. `release`: ends the dialogue and leaves the socket to its next user; throws Failure
 * 'proxy' if the socket is not usable.
 */
export function openDialogue(
  socket: Socket,
  proxy: ProxyServer,
  { host }: Target,
): { readonly dialogue: ProxyDialogue; release(): void } {
  let held = Buffer.alloc(0)
  let wake = (): void => undefined
  let over: Failure | null = null

  const failure: ProxyDialogue['failure'] = (problem, detail) =>
    new Failure({ code: 'proxy', problem, proxy: proxyName(proxy), host, detail: String(detail) })
  const end = (cause: unknown): void => {
    const why = networkFailure(cause, proxy.host)
    if (over === null && why instanceof Failure)
      over =
        why.error.code === 'unreachable'
          ? failure(isDistrust(why.error.reason) ? 'distrust' : 'unreachable', why.error.reason)
          : why
    over ??= failure('unreachable', 'ECONNRESET')
    wake()
  }
  const hear = (bytes: Buffer): void => {
    held = Buffer.concat([held, bytes])
    wake()
  }
  const closed = (): void => end(null)
  socket.on('data', hear).on('error', end).on('close', closed).on('end', closed)

  /** Waits until `count` says how many bytes are to be taken; 0 while there are too few. */
  const take = async (count: () => number): Promise<Buffer> => {
    for (;;) {
      const bytes = count()
      if (bytes > 0) {
        const taken = held.subarray(0, bytes)
        held = held.subarray(bytes)
        return taken
      }
      if (over !== null) throw over
      if (held.length > MOST_BYTES) throw failure('not-a-proxy', 'EPROTO')
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }

  return {
    dialogue: {
      failure,
      write: (bytes) => void socket.write(bytes),
      read: (count) => take(() => (held.length >= count ? count : 0)),
      async readUntil(end) {
        const found = await take(() => {
          const at = held.indexOf(end, 0, 'latin1')
          return at < 0 ? 0 : at + end.length
        })
        return found.toString('latin1')
      },
    },
    release() {
      // Nobody has said anything to the target yet: these bytes cannot be its answer.
      if (held.length > 0) throw failure('not-a-proxy', 'EPROTO')
      if (over !== null) throw over
      socket.off('data', hear).off('error', end).off('close', closed).off('end', closed)
      socket.pause()
    },
  }
}
