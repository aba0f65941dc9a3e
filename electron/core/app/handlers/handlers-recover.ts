import { valueOf } from '../../../../shared/contract/errors.ts'
import type { EnvelopeSource } from '../../../../shared/contract/models-recover.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'
import { attempted } from '../../base/attempt.ts'
import { openersFor } from '../jobs/key-choice.ts'
import type { Granted } from '../local/path-grants.ts'
import { envelopeAt } from '../offline/offline-files.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { matchEnvelopes, type BlobEnvelope } from '../recover/blob-envelopes.ts'
import { sumBlob, tryEnvelopes, type SummedBlob } from '../recover/look-at-blob.ts'

/** Finds out how a blob can be decrypted. */
export function recoverHandlers(parts: Parts): HandlersOf<'recover'> {
  const { grants, vault, listKeys, afterUse } = parts

  const fromFile = async (path: string, source: EnvelopeSource): Promise<BlobEnvelope | null> => {
    const read = await envelopeAt(path)
    return read === null ? null : { source, match: null, file: valueOf(read) }
  }
  const fromVault = async (
    { size, crc64 }: SummedBlob,
    name: string,
  ): Promise<readonly BlobEnvelope[]> => {
    const matches = matchEnvelopes({ name, size, crc64 })
    await vault.read(({ record }) => matches.add(record))
    return matches.found()
  }
  const envelopesOf = async (
    blob: Granted,
    summed: SummedBlob,
    { envelope, from }: In<'recover.look'>,
  ): Promise<readonly BlobEnvelope[]> => {
    if (envelope !== null) {
      const { path } = valueOf(grants.readable(envelope))
      return [(await fromFile(path, 'named')) ?? []].flat()
    }
    const beside =
      from === 'any' ? await fromFile(`${blob.path}${ENVELOPE_FILE_SUFFIX}`, 'beside') : null
    return beside === null ? fromVault(summed, blob.name) : [beside]
  }

  return {
    'recover.look': (input, signal) =>
      attempted(async () => {
        const blob = valueOf(grants.readable(input.blob))
        const summed = await sumBlob(blob.path, signal)
        const ring = (await listKeys()).filter(
          ({ id, hasPrivate, unavailable }) =>
            input.keyIds.includes(id) ||
            (input.keyIds.length === 0 && hasPrivate && unavailable === null),
        )
        const ids = ring.map(({ id }) => id)
        return tryEnvelopes(
          summed,
          await envelopesOf(blob, summed, input),
          {
            names: new Map(ring.map(({ id, name }) => [id, name])),
            // All keys are named, so that a key is tried whatever the description says.
            openers: openersFor(parts, ids, null),
          },
          signal,
        )
      }).finally(afterUse),
  }
}
