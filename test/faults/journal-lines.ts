/** Reads the journal of the kill test: of every key, the last line counts. */
export interface Line {
  /** From 1, each once. */
  readonly n: number
  readonly text: string
}

export const KEYS = 40
export const keysOf = ({ n }: Line): number => n % KEYS
