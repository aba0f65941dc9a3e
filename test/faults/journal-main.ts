import { writeSync } from 'node:fs'
import { openJournal } from '../../electron/core/store/journal.ts'
import { keysOf, type Line } from './journal-lines.ts'

/**
 * Writes to the journal at its first argument until it is killed, and says on stdout what it wrote.
 */
const state = new Map<number, Line>()
const { journal } = openJournal(process.argv[2] ?? '', (record) => {
  const line = record as Line
  state.set(keysOf(line), line)
})
let next = Math.max(0, ...[...state.values()].map(({ n }) => n)) + 1
for (; ; next++) {
  const line: Line = { n: next, text: 'x'.repeat((next * 7919) % 30_000) }
  journal.append(line)
  state.set(keysOf(line), line)
  writeSync(1, `${next}\n`)
  if (!journal.isLong()) continue
  writeSync(1, 'writes anew\n')
  journal.compact(state.values())
}
