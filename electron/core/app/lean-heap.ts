import { setFlagsFromString } from 'node:v8'

/** The growth of the heap between two full collections, in percent. */
const GROWTH = 25

/**
 * Limits the growth of the heap of this process and its threads. It is called before threads start.
 * On a computer with much memory V8 lets a heap grow to four times its live size. Small files leave
 * much garbage: 50 MB of live memory became 230 MB.
 */
export function keepHeapLean(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
}
