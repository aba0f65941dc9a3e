import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { peakMib } from '../tools/peak-memory.ts'
import { socketPort } from '../../electron/loopback/socket-port.ts'
import { bridgeOver, type Bridge } from '../../shared/contract/routes/bridge.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'

const root = new URL('../../', import.meta.url)

/**
 * The browser shell as users run it, core and practice server in a process of their own: for what
 * only a whole process shows.
 */
export interface ShellProcess {
  readonly bridge: Bridge
  call<N extends RouteName>(name: N, input: In<N>): Promise<Out<N>>
  /** Largest resident set so far, MiB. Linux only. */
  peakMib(): number
  /** Resident set now, MiB. The largest one begins again. Linux only. */
  residentMib(): number
  /** Processor time so far, all threads, milliseconds. Linux only. */
  cpuMs(): number
  /** Ends it as a power cut would: nothing is tidied up. */
  kill(): Promise<void>
  close(): Promise<void>
}

export async function openShellProcess(home: string): Promise<ShellProcess> {
  const { ensureBundles } = (await import(new URL('build/freshness.mjs', root).href)) as {
    ensureBundles(names: string[]): Promise<void>
  }
  await ensureBundles(['loopback', 'core/part-worker', 'core/index-worker'])
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    CIPHERBUCKET_DATA: home,
    CIPHERBUCKET_SECRETS: 'file',
  }
  const child = spawn(process.execPath, [fileURLToPath(new URL('out/loopback.mjs', root))], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const link = new URL(line.slice(line.indexOf('http://')))
  const cookie = await new Promise<string>((resolve, reject) => {
    request(
      link,
      (response) => (
        response.resume(),
        resolve(response.headers['set-cookie']?.[0]?.split(';')[0] ?? '')
      ),
    )
      .on('error', reject)
      .end()
  })
  const socket = new WebSocket(`ws://${link.host}/port`, {
    headers: { cookie, origin: link.origin },
  })
  await once(socket, 'open')
  const bridge = bridgeOver(socketPort(socket))
  const told = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, 'utf8')
  return {
    bridge,
    call: async (name, input) => valueOf(await bridge.call(name, input)),
    peakMib: () => peakMib(child.pid ?? 0),
    residentMib() {
      // Source: proc(5), "clear_refs".
      writeFileSync(`/proc/${child.pid}/clear_refs`, '5')
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(told('status'))?.[1]) / 1024
    },
    cpuMs() {
      // After the name in brackets: the 12th and 13th number, in hundredths of a second.
      const numbers = told('stat')
        .replace(/^.*\) /, '')
        .split(' ')
      return (Number(numbers[11]) + Number(numbers[12])) * 10
    },
    async kill() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      bridge.close()
    },
    async close() {
      bridge.close()
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
