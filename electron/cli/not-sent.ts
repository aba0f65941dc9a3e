import type { LeftOutReason } from '../../shared/contract/errors.ts'
import { leftOutWord } from '../../shared/contract/sentences/sentences-input.ts'
import type { NotSent } from '../core/app/core.ts'
import { exitCodeOf } from './exit-codes.ts'
import type { Output } from './output.ts'

/** Of each kind so many are named to a person; a program is told of all. */
const MOST_SAID = 1000
/** Names in a summary. */
const MOST_NAMED = 10

/** What a command did not carry out. Only the first names are kept, whatever there is of it. */
export interface NotDone {
  add(name: string, code: number): void
  /** Exit code of the first; 0 where all was done. */
  code(): number
  count(): number
  /** The first names, and how many more. */
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
  readonly undone: NotDone
  /** How many things were not named to a person, once all were heard. */
  rest(): void
}

/**
 * Tells of each thing that is not sent as soon as it is known, so that nothing of it is kept: a
 * record of each with --json, and a line of each of the first. `why`: the reason of a skipped file.
 * `refusesTaken`, `refusesTwo`: an existing name, and two files of one key, end the command.
 */
export function tellNotSent(
  output: Output,
  {
    why,
    refusesTaken,
    refusesTwo,
  }: { readonly why: string; readonly refusesTaken: boolean; readonly refusesTwo: boolean },
): NotSentTeller {
  const undone = notDone(output)
  const heard = new Map<string, number>()
  /** May one more of this kind be said? */
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
        // The sentence that ends the command names the first two.
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
      case 'file': {
        const { kind, bucket, key, name, error } = one.transfer
        if (error === null)
          return output.note({ kind, bucket, key, skipped: true, reason: why }, null)
        undone.add(key ?? name, exitCodeOf(error))
        return output.failure(error, { kind, bucket, key }, may('failed'))
      }
    }
  }
  return {
    hear,
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
