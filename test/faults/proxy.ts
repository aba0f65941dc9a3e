import { once } from 'node:events'
import { Agent } from 'node:http'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Practice } from '../tools/practice.ts'
import { runJob } from './exchange.ts'
import { callOf, readRequests } from './requests.ts'
import type { Call, Schedule, Strike } from './schedule.ts'

/** Hears every byte of a body that left the core, in order, also of bodies that break off. */
export type Tap = (call: Call) => (bytes: Uint8Array) => void

/**
 * Told as things happen: a request's head is here; `bytes` of its body are; its answer was passed
 * on, or its connection ended.
 */
export type Watch = (moment: {
  readonly call: Call
  readonly at: 'head' | 'body' | 'end'
  readonly bytes: number
}) => void

/** A strike, and its effect on a call. */
export interface Struck {
  readonly name: string
  readonly nth: number
  readonly strike: Strike
}

export interface FaultProxy {
  /** `http://127.0.0.1:port`, in the place of the practice server's. */
  readonly endpoint: string
  /** Both may be changed at any time. */
  schedule: Schedule
  watch: Watch
  /** All requests so far, and those that were struck. */
  readonly calls: readonly Call[]
  readonly struck: readonly Struck[]
  close(): Promise<void>
}

/** A proxy in front of the practice server that does to each request what the schedule says. */
export async function openProxy(
  practice: Practice,
  schedule: Schedule = () => null,
  tap: Tap = () => () => undefined,
): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true })
  const clients = new Set<Socket>()
  const counts = new Map<string, number>()
  const [calls, struck]: [Call[], Struck[]] = [[], []]
  const count = (name: string): number => {
    const nth = (counts.get(name) ?? 0) + 1
    counts.set(name, nth)
    return nth
  }

  const serve = async (client: Socket): Promise<void> => {
    const requests = readRequests(client)
    for (
      let head = await requests.head(), again = true;
      head !== null && again;
      head = again ? await requests.head() : null
    ) {
      const call = callOf(head, count)
      calls.push(call)
      proxy.watch({ call, at: 'head', bytes: 0 })
      const strike = proxy.schedule(call)
      if (strike !== null) struck.push({ name: call.name, nth: call.nth, strike })
      const listen = tap(call)
      const hears = (chunk: Buffer, bytes: number): void => {
        listen(chunk)
        proxy.watch({ call, at: 'body', bytes })
      }
      again = await runJob({ call, head, strike, requests, client, practice, agent, hears })
      proxy.watch({ call, at: 'end', bytes: call.length })
    }
    client.end()
  }

  const server = createServer({ noDelay: true }, (client) => {
    clients.add(client)
    client.on('error', () => undefined).on('close', () => clients.delete(client))
    void serve(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    schedule,
    calls,
    struck,
    watch: () => undefined,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const client of clients) client.destroy()
      agent.destroy()
      await closed
    },
  }
  return proxy
}
