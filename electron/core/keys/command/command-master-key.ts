import { Failure, valueOf, type CommandProblem } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { readCommandAnswer, writeCommandRequest, type CommandRequest } from './command-answer.ts'
import { runCommand } from './command-process.ts'
import { turns, type Turns } from '../../base/turns.ts'
import { sameAlgorithm } from '../key-order.ts'
import type { MasterKeyHandle, Wrapping } from '../master-key.ts'

/** The fields of a program that is a master key. `checkCommandKey` has checked them. */
export interface CommandParts {
  readonly id: MasterKeyId
  readonly name: string
  readonly description: string
  /** An absolute path. On Windows, `.cmd` and `.bat` do not run. */
  readonly program: string
  readonly args: readonly string[]
  /** The name that is written into envelopes. */
  readonly wrapAlgorithm: string
  /** For each process. The time in the queue does not count. */
  readonly timeoutMs: number
}

/**
 * Processes of one key at a time, over all its handles. A smart card or an HSM allows few sessions.
 */
const MOST_PROCESSES = 4
/**
 * OSS takes 8 KiB of metadata with an object, and an envelope holds two of these values in base64.
 */
const MAX_WRAPPED = 4096
const MAX_PLAIN = 8192

const seats = new Map<MasterKeyId, Turns>()

/**
 * Makes a master key of a program, as an SDK does with its MasterCipher. Each wrap and unwrap runs
 * one process. README, "An external program as master key", describes the protocol.
 *
 * Errors  'command-failed', 'cancelled'; 'unsupported-format' for digits, which only the older
 * format has. That format knows no programs.
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

  /** Runs one process and returns its answer in a new array, which is not empty. */
  const ask = async (
    operation: CommandRequest['operation'],
    bytes: Uint8Array,
    { payload }: Wrapping,
    most: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> => {
    if (closed) throw new Error('master key used after it was closed')
    if (payload !== 'bytes') throw new Failure({ code: 'unsupported-format', format: 'v1' })
    const input = writeCommandRequest({
      operation,
      wrapAlgorithm,
      keyDescription: description,
      bytes,
    })
    try {
      const output = valueOf(
        await seat(signal, () => runCommand({ name, program, args, input, timeoutMs, signal })),
      )
      const answer = readCommandAnswer(output)
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

/** Returns the same bytes, not a copy. */
const viewOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
