import { type AppError } from '../../../../shared/contract/errors.ts'
import type { CopySide } from '../run/jobs.ts'

type End = Pick<CopySide, 'profileId' | 'bucket' | 'region'>

/**
 * Bytes up to which CopyObject reaches another bucket. Source: server-side rules, "treat 1 GB as
 * the safe line".
 */
const SAFE_COPY_BYTES = 1024 ** 3

/**
 * Chooses how an object is copied. 'inside': OSS copies, within one bucket at any size, to another
 * one of the same account and region up to {@link SAFE_COPY_BYTES}. 'relay': the stored bytes pass
 * through this computer. (UploadPartCopy would reach further, and refuses every encrypted source.)
 */
export function wayOf(from: End, to: End, size: number): 'inside' | 'relay' {
  if (from.profileId !== to.profileId) return 'relay'
  if (from.bucket === to.bucket) return 'inside'
  const near = from.region === to.region || from.region === '' || to.region === ''
  return near && size <= SAFE_COPY_BYTES ? 'inside' : 'relay'
}

/**
 * Tells whether OSS refused a copy that it may take byte by byte. It refuses copies for their size,
 * or because the buckets are not of one region or owner. OSS says that in several ways, the
 * plainest of which is AccessDenied.
 */
export function mayRelay(error: AppError, sameBucket: boolean): boolean {
  if (error.code === 'oss')
    return (
      error.ossCode === 'EntityTooLarge' ||
      (!sameBucket && error.status >= 400 && error.status < 500 && error.status !== 429)
    )
  return (
    !sameBucket &&
    (error.code === 'access-denied' || (error.code === 'not-found' && error.what === 'bucket'))
  )
}
