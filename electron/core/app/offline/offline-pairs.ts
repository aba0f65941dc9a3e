import type { GrantId } from '../../../../shared/contract/models.ts'
import { ENVELOPE_FILE_SUFFIX } from '../../../../shared/format/envelope/envelope-file.ts'

interface File {
  readonly id: GrantId
  readonly name: string
  /** The bytes of a blob. For an envelope: the bytes of the blob that it names, or null. */
  readonly bytes: number | null
}

/**
 * Pairs blobs with envelopes. First by name: `x` with `x.ossenv.json` or `x.json`. Then by size,
 * where one of each has that size. Then the last blob with the last envelope. The user pairs the
 * rest.
 */
export function pairByName(
  blobs: readonly File[],
  envelopes: readonly File[],
): ReadonlyMap<GrantId, GrantId> {
  const pairs = new Map<GrantId, GrantId>()
  const used = new Set<GrantId>()
  const pair = (blob: File, envelope: File | undefined) => {
    if (envelope === undefined || used.has(envelope.id) || pairs.has(blob.id)) return
    pairs.set(blob.id, envelope.id)
    used.add(envelope.id)
  }
  for (const blob of blobs)
    pair(
      blob,
      envelopes.find(
        ({ name }) =>
          name === `${blob.name}${ENVELOPE_FILE_SUFFIX}` || name === `${blob.name}.json`,
      ),
    )

  const openBlobs = () => blobs.filter(({ id }) => !pairs.has(id))
  const openEnvelopes = () => envelopes.filter(({ id }) => !used.has(id))
  for (const blob of openBlobs()) {
    const fits = openEnvelopes().filter(({ bytes }) => bytes === blob.bytes)
    const rivals = openBlobs().filter(({ bytes }) => bytes === blob.bytes)
    if (fits.length === 1 && rivals.length === 1) pair(blob, fits[0])
  }
  const [blob, ...moreBlobs] = openBlobs()
  const [envelope, ...moreEnvelopes] = openEnvelopes()
  if (
    blob !== undefined &&
    moreBlobs.length + moreEnvelopes.length === 0 &&
    envelope?.bytes === null
  )
    pair(blob, envelope)
  return pairs
}
