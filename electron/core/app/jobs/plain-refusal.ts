import type { PlainRefusal } from '../../transfer/run/read-facts.ts'
import type { JobNeeds } from './job-needs.ts'

/**
 * The rule for an object that is not encrypted. 'refuse': the object is refused, because a master
 * key was named for it. 'unless-seen': the object is refused when it was encrypted when it was last
 * seen.
 */
export type PlainRule = 'allow' | 'refuse' | 'unless-seen'

type Needs = Pick<JobNeeds, 'seen' | 'uploaded'>

/**
 * Says whether an encrypted object of this name existed, as far as this computer knows. The object
 * was seen here, or uploaded from here.
 */
export async function wasEncrypted(
  { seen, uploaded }: Needs,
  bucket: string,
  key: string,
): Promise<boolean> {
  return (await seen.has(bucket, key)) || (await uploaded.find(bucket, key)) !== null
}

/**
 * Returns the reason why an object without an envelope is neither saved nor shown; null when it may
 * be. Somebody may have put it in the place of an encrypted object.
 */
export async function plainRefusal(
  needs: Needs,
  rule: PlainRule,
  bucket: string,
  key: string,
): Promise<PlainRefusal | null> {
  if (rule === 'refuse') return { code: 'not-encrypted', key, why: 'key-named' }
  return rule === 'unless-seen' && (await wasEncrypted(needs, bucket, key))
    ? { code: 'not-encrypted', key, why: 'was-encrypted' }
    : null
}
