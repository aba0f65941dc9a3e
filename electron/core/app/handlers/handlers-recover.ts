import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { EnvelopeSource, RecoverAnswer } from '../../../../shared/contract/models-recover.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'
import { attempted } from '../../base/attempt.ts'
import { openersFor } from '../jobs/key-choice.ts'
import { envelopeAt } from '../offline/offline-files.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { matchEnvelopes, type BlobEnvelope } from '../recover/blob-envelopes.ts'
import { sumBlob, tryEnvelopes, type SummedBlob, type TriedKeys } from '../recover/look-at-blob.ts'

/** A blob on its way: its sum, and the envelopes that were found. */
interface Looked {
  readonly id: string
  readonly name: string
  readonly summed: SummedBlob
  readonly fromFile: BlobEnvelope | null
  readonly matches: ReturnType<typeof matchEnvelopes>
}

/** Finds out how blobs can be decrypted. */
export function recoverHandlers(parts: Parts): HandlersOf<'recover'> {
  const { grants, vault, listKeys, afterUse } = parts

  const fileAt = async (path: string, source: EnvelopeSource): Promise<BlobEnvelope | null> => {
    const read = await envelopeAt(path)
    return read === null ? null : { source, match: null, file: valueOf(read) }
  }
  const lookAt = async (
    id: string,
    { envelope, from }: In<'recover.look'>,
    signal: AbortSignal,
  ): Promise<Looked> => {
    const { path, name } = valueOf(grants.readable(id))
    const summed = await sumBlob(path, signal)
    const beside = from === 'any' ? `${path}${ENVELOPE_FILE_SUFFIX}` : null
    const fromFile =
      envelope !== null
        ? await fileAt(valueOf(grants.readable(envelope)).path, 'named')
        : beside === null
          ? null
          : await fileAt(beside, 'beside')
    return { id, name, summed, fromFile, matches: matchEnvelopes({ name, ...summed }) }
  }
  /** The keys to try. All are named, so that a key is tried whatever the description says. */
  const triedKeys = async (keyIds: readonly string[]): Promise<TriedKeys> => {
    const ring = (await listKeys()).filter(
      ({ id, hasPrivate, unavailable }) =>
        keyIds.includes(id) || (keyIds.length === 0 && hasPrivate && unavailable === null),
    )
    const ids = ring.map(({ id }) => id)
    return {
      names: new Map(ring.map(({ id, name }) => [id, name])),
      openers: openersFor(parts, ids, null),
    }
  }

  return {
    'recover.look': (input, signal) =>
      attempted(async () => {
        const answers = new Map<string, RecoverAnswer>()
        const failed = (blob: string, cause: unknown): void => {
          if (!(cause instanceof Failure) || cause.error.code === 'cancelled') throw cause
          answers.set(blob, { blob, look: null, error: cause.error })
        }
        const looked: Looked[] = []
        for (const id of input.blobs)
          await lookAt(id, input, signal).then(
            (one) => void looked.push(one),
            (cause: unknown) => failed(id, cause),
          )
        const unmatched = looked.filter(({ fromFile }) => fromFile === null)
        if (input.envelope === null && unmatched.length > 0)
          await vault.read(({ record }) => {
            for (const { matches } of unmatched) matches.add(record)
          })
        const keys = await triedKeys(input.keyIds)
        for (const { id: blob, summed, fromFile, matches } of looked) {
          const envelopes = fromFile === null ? matches.found() : [fromFile]
          await tryEnvelopes(summed, envelopes, keys, signal).then(
            (look) => void answers.set(blob, { blob, look, error: null }),
            (cause: unknown) => failed(blob, cause),
          )
        }
        return input.blobs.flatMap((blob) => answers.get(blob) ?? [])
      }).finally(afterUse),
  }
}
