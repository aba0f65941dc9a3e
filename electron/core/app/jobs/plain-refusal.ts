import type { PlainRefusal } from '../../transfer/run/jobs.ts'
import type { JobNeeds } from './job-needs.ts'

/**
 * 'refuse': it is refused, because a master key was named for it; 'unless-seen': only where it was
 * encrypted when it was last seen.
 */
export type PlainRule = 'allow' | 'refuse' | 'unless-seen'

type Needs = Pick<JobNeeds, 'seen' | 'uploaded'>

/**
 * Was there an encrypted object of this name, as far as this computer knows? It was seen, or was
 * uploaded from here.
 */
export async function wasEncrypted(
  { seen, uploaded }: Needs,
  bucket: string,
  key: string,
): Promise<boolean> {
  return seen.has(bucket, key) || (await uploaded.find(bucket, key)) !== null
}

/**
 * Why an object without an envelope is neither saved nor shown; null: it is. Somebody may have put
 * it in the place of an encrypted one.
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
