import { basename } from 'node:path'
import type { EnvelopeMatch, EnvelopeSource } from '../../../../shared/contract/models-recover.ts'
import type { ReadEnvelopeFile } from '../../../../shared/format/envelope/envelope-file.ts'
import { SEAL_HEADER } from '../../seals/seal-text.ts'
import type { VaultRecord } from '../../vault/vault-record.ts'

/** An envelope that may belong to a blob. */
export interface BlobEnvelope {
  readonly source: EnvelopeSource
  readonly match: EnvelopeMatch | null
  readonly file: ReadEnvelopeFile
}

/** The facts of a blob that tell its envelope from others. */
export interface BlobFacts {
  readonly name: string
  readonly size: number
  /** Decimal. */
  readonly crc64: string
}

/** The most envelopes of the vault that are tried on one blob. */
export const MOST_TRIED = 200

const MATCHES: readonly EnvelopeMatch[] = ['sum', 'size-and-name', 'size', 'name']

/**
 * Finds the envelopes of the vault that may belong to a blob, the best first. Add records one by
 * one. At most {@link MOST_TRIED} are returned.
 */
export function matchEnvelopes(blob: BlobFacts): {
  add(record: VaultRecord): void
  found(): readonly BlobEnvelope[]
} {
  const byMatch = new Map<EnvelopeMatch, VaultRecord[]>(MATCHES.map((match) => [match, []]))
  return {
    add(record) {
      const match = matchOf(blob, record)
      if (match !== null) byMatch.get(match)?.push(record)
    },
    found: () =>
      MATCHES.flatMap((match) =>
        (byMatch.get(match) ?? []).toSorted(newestSealed).map((record) => ({
          source: 'vault' as const,
          match,
          file: fileOf(record),
        })),
      ).slice(0, MOST_TRIED),
  }
}

function matchOf(blob: BlobFacts, record: VaultRecord): EnvelopeMatch | null {
  const isSize = record.size === blob.size
  const isName = basename(record.key) === blob.name
  if (isSize && record.crc64 === blob.crc64) return 'sum'
  if (isSize) return isName ? 'size-and-name' : 'size'
  return isName ? 'name' : null
}

/** Sealed envelopes can be proven. Of others, the newest is the likeliest. */
const newestSealed = (a: VaultRecord, b: VaultRecord): number =>
  Number(isSealed(b)) - Number(isSealed(a)) || b.to - a.to

const isSealed = ({ seal, headers }: VaultRecord): boolean =>
  seal !== null || SEAL_HEADER in headers

const fileOf = ({ headers, bucket, key, seal, size, crc64 }: VaultRecord): ReadEnvelopeFile => ({
  headers: new Map(Object.entries(headers)),
  bucket,
  key,
  seal,
  // The vault keeps no tags but the seal.
  second: null,
  size,
  likelySize: null,
  crc64,
})
