import { Worker } from 'node:worker_threads'
import { keptInputs, type Target } from './target.ts'
import { newDesk, openDesk, type Done, type Found, type Job } from './worker.ts'

export interface Fuzzing {
  readonly target: Target
  /** The bundle, which is also the thread. */
  readonly entry: URL
  /** Of the repository. */
  readonly root: URL
  readonly seconds: number
  readonly seed: number
}

export interface Finding {
  readonly input: Uint8Array
  readonly why: string
}

export interface Report {
  readonly runs: number
  /** Inputs that reached something new, and characters of code that ran. */
  readonly kept: number
  readonly seen: number
  readonly findings: readonly Finding[]
}

/** Of what one thread may hold; more than a hundred times the longest input. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }
const HANG = 'hang: longer than one input may take'
/** After this many different ones there is enough to do. */
const ENOUGH = 5
/** How long a thread may take until it reads its first input. */
const START_MS = 240_000

/**
 * Seeds, kept inputs and findings as they are, then mutations of them until the time is over.
 * Nothing an input does ends this process.
 */
export async function fuzz({ target, entry, root, seconds, seed }: Fuzzing): Promise<Report> {
  const findings = new Map<string, Finding>()
  let inputs = [
    ...target.seeds(root),
    ...(['seeds', 'findings'] as const).flatMap((folder) =>
      keptInputs(root, folder, target.name).map(({ input }) => input),
    ),
  ]
  const until = performance.now() + seconds * 1000
  let [runs, kept, seen] = [0, 0, 0]
  for (let round = 0; findings.size < ENOUGH; round++) {
    const left = Math.max(0, (until - performance.now()) / 1000)
    const end = await thread(
      { target: target.name, inputs, seconds: left, seed: seed + round, desk: newDesk() },
      entry,
      target.limitMs,
      (found) => void findings.set(found.why, found),
    )
    runs += end.runs
    if (end.t === 'done') {
      kept = end.kept
      seen = end.seen
      break
    }
    const { input, why } = end
    // A busy machine makes anything slow once.
    const alone =
      why === HANG
        ? await thread(
            { target: target.name, inputs: [input], seconds: 0, seed, desk: newDesk() },
            entry,
            target.limitMs,
            () => undefined,
          )
        : end
    if (alone.t !== 'done') findings.set(why, { input, why })
    inputs = inputs.filter((one) => Buffer.compare(one, input) !== 0)
  }
  return { runs, kept, seen, findings: [...findings.values()] }
}

type End = (Done | ({ readonly t: 'ended' } & Finding)) & { readonly runs: number }

/** One thread until it is done, hangs or dies; then with the input it was at. */
function thread(
  job: Job,
  entry: URL,
  limitMs: number,
  onFound: (found: Finding) => void,
): Promise<End> {
  return new Promise((resolve) => {
    const desk = openDesk(job.desk)
    const worker = new Worker(entry, {
      workerData: job,
      resourceLimits: LIMITS,
      env: {},
      execArgv: [],
    })
    let at = { runs: 0, since: performance.now() }
    const watch = setInterval(() => {
      const runs = desk.runs()
      if (runs !== at.runs) at = { runs, since: performance.now() }
      else if (performance.now() - at.since > (runs === 0 ? START_MS : limitMs))
        leave({ t: 'ended', input: desk.input(), why: HANG })
    }, 50)
    const leave = (end: Done | ({ readonly t: 'ended' } & Finding)) => {
      clearInterval(watch)
      worker.removeAllListeners().on('error', () => undefined)
      void worker.terminate().then(() => resolve({ ...end, runs: desk.runs() }))
    }
    worker.on('message', (message: Found | Done) => {
      if (message.t === 'done') leave(message)
      else onFound({ input: message.input, why: message.why })
    })
    worker.on('error', (cause: Error & { readonly code?: string }) => {
      const why =
        cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'memory: the thread ran out of it'
          : `the thread died: ${cause.stack ?? cause.message}`
      leave({ t: 'ended', input: desk.input(), why })
    })
    worker.on('exit', (code) =>
      leave({ t: 'ended', input: desk.input(), why: `the thread ended with ${code}` }),
    )
  })
}
