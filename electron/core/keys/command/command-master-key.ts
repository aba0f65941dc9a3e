import { Failure, valueOf, type CommandProblem } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { readAnswer, writeRequest, type CommandRequest } from './command-answer.ts'
import { runCommand } from './command-process.ts'
import { turns, type Turns } from '../../base/turns.ts'
import { sameAlgorithm } from '../key-order.ts'
import type { MasterKeyHandle, Wrapping } from '../master-key.ts'

/** Fit for a key by `checkCommandKey`. */
export interface CommandParts {
  readonly id: MasterKeyId
  readonly name: string
  readonly description: string
  /** Absolute path; on Windows no `.cmd` or `.bat`. */
  readonly program: string
  readonly args: readonly string[]
  /** As it goes into envelopes. */
  readonly wrapAlgorithm: string
  /** For each process; waiting for one's turn does not count. */
  readonly timeoutMs: number
}

/**
 * Processes of one key at a time, all its handles together: what is behind it may be a card or a
 * box with few seats.
 */
const MOST_PROCESSES = 4
/** OSS takes 8 KiB of metadata with an object, and an envelope holds two of these in base64. */
const MAX_WRAPPED = 4096
const MAX_PLAIN = 8192

const seats = new Map<MasterKeyId, Turns>()

/**
 * A program of the user's own as master key, as the SDKs' MasterCipher is for theirs: one process
 * for every wrap and unwrap. The protocol is in README, "An external program as master key".
 *
 * Errors 'command-failed', 'cancelled'; 'unsupported-format' for digits, which only the older
 * format has and which knows no programs.
 */
export function commandMasterKey({
  id,
  name,
  description,
  program,
  args,
  wrapAlgorithm,
  timeoutMs,
}: CommandParts): MasterKeyHandle {
  let closed = false
  const seat = seats.get(id) ?? turns(MOST_PROCESSES)
  seats.set(id, seat)
  const failure = (problem: CommandProblem, detail = '') =>
    new Failure({ code: 'command-failed', name, problem, detail })

  /** A new array, not empty. */
  const ask = async (
    operation: CommandRequest['operation'],
    bytes: Uint8Array,
    { payload }: Wrapping,
    most: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> => {
    if (closed) throw new Error('master key used after it was closed')
    if (payload !== 'bytes') throw new Failure({ code: 'unsupported-format', format: 'v1' })
    const input = writeRequest({ operation, wrapAlgorithm, keyDescription: description, bytes })
    try {
      const output = valueOf(
        await seat(signal, () => runCommand({ name, program, args, input, timeoutMs, signal })),
      )
      const answer = readAnswer(output)
      output.fill(0)
      if (answer === null) throw failure('not-json')
      if (answer.kind === 'refused') throw failure('refused', answer.text)
      if (answer.bytes.length > 0 && answer.bytes.length <= most) return answer.bytes
      answer.bytes.fill(0)
      throw failure('wrong-length', String(answer.bytes.length))
    } finally {
      input.fill(0)
    }
  }

  return {
    id,
    name,
    kind: 'command',
    writes: 'v2',
    wrapAlgorithm,
    description,
    canWrap: true,
    canUnwrap: true,
    fits: (algorithm) => sameAlgorithm(algorithm, wrapAlgorithm),
    async wrap(bytes, how, signal) {
      const wrapped = await ask('wrap', bytes, how, MAX_WRAPPED, signal)
      if (!viewOf(wrapped).includes(viewOf(bytes))) return wrapped
      wrapped.fill(0)
      throw failure('not-wrapped')
    },
    unwrap: (bytes, how, signal) => ask('unwrap', bytes, how, MAX_PLAIN, signal),
    messages: null,
    [Symbol.dispose]() {
      closed = true
    },
  }
}

/** The same bytes, not a copy. */
const viewOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
