/** The most answers in memory. A list of a million rows needs 4 MiB. */
const MOST_ANSWERS = 8
/** An old answer is given for as many times the time that a new one takes. */
const PATIENCE = 10
/** A new answer that takes at most so many milliseconds is always made. */
const QUICK_MS = 20

/** Answers to queries by name, each for one revision of the rows. */
export interface Answers<T> {
  /** Tells whether the answer for this revision is there. */
  has(name: string, revision: number): boolean
  /**
   * Returns the answer for this revision, and makes it where it is not there. `mayBeOld`: the
   * answer of an earlier revision will do for a while if a new one takes long.
   */
  get(name: string, revision: number, mayBeOld: boolean, make: () => T): T
}

export function openAnswers<T>(): Answers<T> {
  const known = new Map<
    string,
    { readonly revision: number; readonly value: T; readonly at: number; readonly took: number }
  >()
  return {
    has: (name, revision) => known.get(name)?.revision === revision,
    get(name, revision, mayBeOld, make) {
      const before = known.get(name)
      const began = performance.now()
      if (before !== undefined) {
        const isYoung =
          mayBeOld && before.took > QUICK_MS && began - before.at < PATIENCE * before.took
        if (before.revision === revision || isYoung) return before.value
      }
      const value = make()
      known.delete(name)
      if (known.size >= MOST_ANSWERS) known.delete(known.keys().next().value as string)
      const now = performance.now()
      known.set(name, { revision, value, at: now, took: now - began })
      return value
    },
  }
}
