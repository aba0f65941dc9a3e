import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Answer, At, Fields, Hello, Op, Peer } from './protocol.ts'

/** No operation of the matrix takes a second on a quiet machine. */
const PATIENCE_MS = 120_000

export interface DriverStart {
  readonly name: string
  readonly run: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly at: Omit<At, 'signature'>
  /** The longest time of one operation, in milliseconds, where it is not two minutes. */
  readonly patienceMs?: number
}

/**
 * Starts a driver and waits for its first answer. Rejects with what it said on stderr when it ends
 * early or is silent.
 */
export async function startDriver({
  name,
  run,
  env,
  cwd,
  at,
  patienceMs = PATIENCE_MS,
}: DriverStart): Promise<Peer> {
  const [program = '', ...args] = run
  const child = spawn(program, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting = new Map<
    number,
    { resolve(answer: Answer): void; reject(cause: Error): void; readonly timer: NodeJS.Timeout }
  >()
  let [said, ended, made] = ['', false, 0]
  const end = (why: string) => {
    ended = true
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer)
      reject(new Error(`${name} ${why}: ${said.slice(-2000)}`))
    }
    waiting.clear()
  }
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.once('error', (cause) => end(cause.message))
  child.once('close', (code) => end(`ended with ${code}`))
  child.stderr.on('data', (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-10_000)))
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, ...answer } = JSON.parse(line) as { id: number } & Answer
    const asked = waiting.get(id)
    if (asked === undefined) return
    waiting.delete(id)
    clearTimeout(asked.timer)
    asked.resolve(answer as Answer)
  })

  const ask = (request: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (ended) return void reject(new Error(`${name} has ended: ${said.slice(-2000)}`))
      const id = (made += 1)
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      waiting.set(id, { resolve, reject, timer })
      child.stdin.write(`${JSON.stringify({ id, ...request })}\n`)
    })

  const hello = await ask({ op: 'hello' })
  if (!hello.ok) throw new Error(`${name}: ${hello.error}`)
  return {
    hello: hello as unknown as Hello,
    parallel: 1,
    run: (op: Op, { signature, ...fields }: Fields) =>
      ask({ op, at: { ...at, signature }, ...fields }),
    async close() {
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await exited
      clearTimeout(timer)
    },
  }
}
