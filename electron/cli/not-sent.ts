import type { LeftOutReason } from '../../shared/contract/errors.ts'
import { leftOutWord } from '../../shared/contract/sentences/sentences-input.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { NotSent } from '../core/app/core.ts'
import { exitCodeOf } from './exit-codes.ts'
import type { Output } from './output.ts'

/** The number of names that a person reads for each kind. A program receives all of them. */
const MOST_SAID = 1000
/** The number of names in a summary. */
const MOST_NAMED = 10

/**
 * The things that a command did not do. Only the first names are stored, however many there are.
 */
export interface NotDone {
  add(name: string, code: number): void
  /** Returns the exit code of the first failure, and 0 without one. */
  code(): number
  count(): number
  /** Returns the first names, and how many more there are. */
  names(): string
}

export function notDone(output: Output): NotDone {
  const first: string[] = []
  let [count, code] = [0, 0]
  return {
    add(name, its) {
      count += 1
      code ||= its
      if (first.length < MOST_NAMED) first.push(output.name(name))
    },
    code: () => code,
    count: () => count,
    names: () =>
      [...first, ...(count > first.length ? [`${count - first.length} more`] : [])].join(', '),
  }
}

export interface NotSentTeller {
  readonly hear: (one: NotSent) => void
  /** Reports a file or object of a batch that ended. */
  readonly ended: (transfer: Transfer) => void
  readonly undone: NotDone
  /** Prints how many names a person did not see. It is called once, at the end. */
  rest(): void
}

/**
 * Reports each file that is not sent as soon as it is known, so that memory does not grow. With
 * --json each file is a record; a person reads the first lines. `why`: the reason of a skipped
 * file. `refusesTaken`: an existing name ends the command. `refusesTwo`: two files with one key end
 * the command. `done`: called for each file or object of a batch that is done.
 */
export function tellNotSent(
  output: Output,
  {
    why,
    refusesTaken,
    refusesTwo,
    done = () => undefined,
  }: {
    readonly why: string
    readonly refusesTaken: boolean
    readonly refusesTwo: boolean
    readonly done?: (transfer: Transfer) => void
  },
): NotSentTeller {
  const undone = notDone(output)
  const heard = new Map<string, number>()
  /** Tells whether one more line of this kind may be printed. */
  const may = (kind: string): boolean => {
    const count = (heard.get(kind) ?? 0) + 1
    heard.set(kind, count)
    return count <= MOST_SAID
  }
  const hear = (one: NotSent): void => {
    switch (one.what) {
      case 'left-out': {
        const text = `Left out: ${output.name(one.path)} (${leftOutWord(one.reason, 'en')})`
        return output.note(
          { leftOut: one.path, reason: one.reason },
          may(`left-out ${one.reason}`) ? text : null,
        )
      }
      case 'one-key':
        // The sentence that ends the command names the first two files.
        return refusesTwo
          ? output.note(
              {
                key: one.key,
                error: {
                  code: 'one-key-for-two',
                  key: one.key,
                  first: one.first,
                  second: one.second,
                },
              },
              null,
            )
          : undefined
      case 'taken':
        return refusesTaken
          ? output.note({ key: one.key, error: { code: 'object-exists', key: one.key } }, null)
          : undefined
    }
  }
  const ended = (transfer: Transfer): void => {
    const { kind, bucket, key, name, error, outcome } = transfer
    if (error !== null) {
      undone.add(key ?? name, exitCodeOf(error))
      return output.failure(error, { kind, bucket, key }, may('failed'))
    }
    if (outcome?.skipped === true)
      return output.note({ kind, bucket, key, skipped: true, reason: why }, null)
    done(transfer)
  }
  return {
    hear,
    ended,
    undone,
    rest() {
      for (const [kind, count] of heard) {
        const reason = kind.split(' ')[1]
        if (count > MOST_SAID)
          output.remark(
            reason === undefined
              ? `Failed: ${count - MOST_SAID} more, ${count} in all`
              : `Left out: ${count - MOST_SAID} more, ${count} in all (${leftOutWord(reason as LeftOutReason, 'en')})`,
          )
      }
    },
  }
}
