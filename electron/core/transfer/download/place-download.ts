import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import {
  writeEnvelopeFile,
  type EnvelopeFile,
} from '../../../../shared/format/envelope/envelope-file.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import type { FileSink } from '../../files/file-sink.ts'
import { placeWithSidecar } from '../../files/place-pair.ts'
import { NO_SEAL_YET } from '../../seals/seal-text.ts'
import { secondTextOf } from '../../seals/second-text.ts'
import type { DownloadJob } from '../run/jobs.ts'
import { hasTags, sealTextsIn, tagsIfReadable, type SealedAt } from '../run/stored-seal.ts'
import type { Content } from './content.ts'

/** Gives the file its name, and its envelope file beside it where one is wanted. */
export async function placeFile(
  { path, existing, root }: DownloadJob,
  { opened }: Content,
  sink: FileSink,
  sidecar: EnvelopeFile | null,
): Promise<Omit<TransferOutcome, 'checksum' | 'tag' | 'seal'>> {
  const savedAs =
    sidecar === null
      ? await sink.place(existing)
      : await placeWithSidecar(sink, path, writeEnvelopeFile(sidecar), existing, root ?? null)
  return {
    encrypted: opened !== null,
    savedAs,
    skipped: savedAs === null,
    ...(opened?.oddCounter === true && { oddCounter: true }),
  }
}

/**
 * Makes the envelope file of an encrypted object that is wanted raw and whole; else null. Tags
 * that may not be read are left out.
 */
export async function sidecarFor(
  { bucket, key, raw, range }: DownloadJob,
  at: SealedAt,
  signal: AbortSignal,
): Promise<EnvelopeFile | null> {
  const { size, etag, crc64 } = at.head
  const headers = readHeaders(at.head.headers)
  if (!raw || range !== null || recognise(headers).kind === 'plain') return null
  const tags = (hasTags(at) ? await tagsIfReadable(at, signal) : null) ?? []
  const seal = sealTextsIn(tags).find((text) => text !== NO_SEAL_YET) ?? null
  return { bucket, key, size, etag, crc64, seal, second: secondTextOf(tags), headers }
}
