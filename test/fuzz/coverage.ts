import { Session, type Profiler } from 'node:inspector'

/** Tells whether an input went where none before it did. */
export interface Coverage {
  /** Forgets what ran until now, such as the fuzzer itself. */
  begin(): void
  /** Did code run since `begin` that never ran before? `learn`: it is known from now on. */
  isNew(learn: boolean): boolean
  /** Characters of code that ran. */
  seen(): number
  close(): void
}

/** By V8's own block coverage of `script` (a URL), as far as it is compiled from now on. */
export function coverageOf(script: string): Coverage {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
  const take = (): readonly Profiler.FunctionCoverage[] => {
    let functions: readonly Profiler.FunctionCoverage[] = []
    // Within one thread the answer comes before `post` returns.
    session.post('Profiler.takePreciseCoverage', (_error, told) => {
      functions = told.result.filter(({ url }) => url === script).flatMap((one) => one.functions)
    })
    return functions
  }
  /** Function → its characters that ran. Functions inside of it count for themselves. */
  const lit = new Map<string, Uint8Array>()
  return {
    begin: () => void take(),
    isNew(learn) {
      let news = false
      for (const { ranges } of take()) {
        const [whole] = ranges
        if (whole === undefined || whole.count === 0) continue
        const name = `${whole.startOffset}-${whole.endOffset}`
        const known = lit.get(name) ?? new Uint8Array(whole.endOffset - whole.startOffset)
        const now = new Uint8Array(known.length)
        // Outer blocks come before the ones inside of them.
        for (const { startOffset, endOffset, count } of ranges)
          now.fill(
            Math.min(count, 1),
            startOffset - whole.startOffset,
            endOffset - whole.startOffset,
          )
        news ||= now.some((ran, at) => ran > (known[at] ?? 0))
        if (learn)
          lit.set(
            name,
            known.map((ran, at) => ran | (now[at] ?? 0)),
          )
      }
      return news
    },
    seen: () =>
      [...lit.values()].reduce((sum, one) => sum + one.reduce((ran, char) => ran + char, 0), 0),
    close: () => session.disconnect(),
  }
}
