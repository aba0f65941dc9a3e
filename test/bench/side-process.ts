import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { startPractice } from '../../electron/practice/start.ts'
import { openSink } from './sink.ts'
import type { Figure } from './statistics.ts'
import type { Effort } from './workbench.ts'

/** A server in a process of its own, so that what it costs is not counted as ours. */
export interface SideProcess<T> {
  /** The process's description of itself. */
  readonly told: T
  close(): Promise<void>
}

/** The first line of a side process: its description of itself, as JSON. */
export interface Told {
  readonly sink: { readonly url: string }
  readonly practice: {
    readonly endpoint: string
    readonly region: string
    readonly bucket: string
    readonly accessKeyId: string
    readonly accessKeySecret: string
  }
}

/**
 * Starts this same program as `sink <bits per second, or 0>` or `practice <folder> <prefix>
 * <objects>`.
 */
export async function startSide<K extends keyof Told>(
  kind: K,
  ...args: readonly string[]
): Promise<SideProcess<Told[K]>> {
  const child = spawn(process.execPath, [process.argv[1] ?? '', kind, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
  if (typeof line[0] !== 'string') throw new Error(`the ${kind} ended with ${String(line[0])}`)
  return {
    told: JSON.parse(line[0]) as Told[K],
    async close() {
      child.stdin.end()
      await ended
    },
  }
}

/**
 * Runs one bench in a process of its own: what others have left in memory is not counted as its
 * own.
 */
export async function runAlone(name: string, effort: Effort): Promise<readonly Figure[]> {
  const child = spawn(
    process.execPath,
    [process.argv[1] ?? '', 'alone', name, JSON.stringify(effort)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'close')
  const said = await text(child.stdout)
  const [code] = await ended
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}`)
  return JSON.parse(said) as readonly Figure[]
}

/**
 * Runs `names` in the Electron whose program file this is, as Node, and passes on what is printed.
 * `code`: exit code.
 */
export async function inElectron(
  program: string,
  names: readonly string[],
  { scale, rounds }: Effort,
): Promise<{ readonly figures: readonly Figure[]; readonly code: number }> {
  if (names.length === 0) return { figures: [], code: 0 }
  const args = [
    process.argv[1] ?? '',
    ...names,
    '--scale',
    String(scale),
    ...(rounds === null ? [] : ['--rounds', String(rounds)]),
  ]
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  const ended = once(child, 'close')
  const said = await text(child.stdout)
  process.stdout.write(said)
  const [code] = await ended
  return {
    figures: said
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Figure),
    code: typeof code === 'number' ? code : 1,
  }
}

/**
 * The other end: null when the arguments are none of a side process. It ends when its parent does.
 */
export async function runSide([kind, ...args]: readonly string[]): Promise<boolean> {
  if (kind !== 'sink' && kind !== 'practice') return false
  const { told, close } = kind === 'sink' ? await sinkSide(args) : await practiceSide(args)
  process.stdin.resume().once('end', () => void close())
  process.stdout.write(`${JSON.stringify(told)}\n`)
  return true
}

async function sinkSide([bits = '0']: readonly string[]) {
  const { url, close } = await openSink(bits === '0' ? null : Number(bits))
  return { told: { url } satisfies Told['sink'], close }
}

async function practiceSide([directory = '', prefix = '', objects = '0']: readonly string[]) {
  // Half of the made-up objects lie in the folder `camera/`.
  const isMadeUp = prefix === 'camera/'
  const practice = await startPractice({
    directory,
    ...(isMadeUp && { madeUp: 2 * Number(objects) }),
  })
  const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
  if (!isMadeUp) practice.fill(keys(prefix, Number(objects)))
  return {
    told: { endpoint, region, bucket, accessKeyId, accessKeySecret } satisfies Told['practice'],
    close: () => practice.close(),
  }
}

function* keys(prefix: string, count: number): Iterable<string> {
  for (let number = 0; number < count; number++)
    yield `${prefix}object ${String(number).padStart(7, '0')}.bin`
}
