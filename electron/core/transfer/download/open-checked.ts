import { readHeaders, recognise, type Headers } from '../../../../shared/format/recognise.ts'
import { withSecond } from '../run/second-opening.ts'
import { PLAIN_SEAL_RULES, checkSeal, type SealCheck, type SealedAt } from '../run/stored-seal.ts'
import type { StoredBytes } from '../run/stored-bytes.ts'
import type { Content } from './content.ts'
import { openContent, type HowToOpen } from './open-content.ts'

/** Content that was opened, with the check of its seal. Disposing of it wipes both. */
export interface CheckedContent extends Disposable {
  readonly content: Content
  readonly seal: SealCheck
}

/**
 * Opens an object's content and judges its seal before any of the content is read. Throws Failure
 * 'seal-refused', 'not-sealed', as {@link openContent} does, and a race of the seal.
 */
export async function openChecked(
  at: SealedAt,
  stored: StoredBytes,
  how: HowToOpen,
  signal: AbortSignal,
): Promise<CheckedContent> {
  const headers = readHeaders(at.head.headers)
  const rules = how.seals?.() ?? PLAIN_SEAL_RULES
  const closed = closedState(headers, at.head.size)
  if (closed === null) return openSealed(at, headers, stored, how, signal)
  const seal = await checkSeal(at, { state: closed }, rules, signal)
  // Damage that no seal contradicts has an error of its own.
  if (seal.verdict.reason !== 'damaged') await seal.assertReleasable(seal.verdict)
  const content = await openContent(headers, stored, how, signal)
  return { content, seal, [Symbol.dispose]: () => content[Symbol.dispose]() }
}

async function openSealed(
  at: SealedAt,
  headers: Headers,
  stored: StoredBytes,
  how: HowToOpen,
  signal: AbortSignal,
): Promise<CheckedContent> {
  const both = { ...how, openers: withSecond(how.openers, at) }
  const content = await openContent(headers, stored, both, signal)
  let seal: SealCheck | null = null
  const close = (): void => {
    seal?.[Symbol.dispose]()
    content[Symbol.dispose]()
  }
  try {
    if (content.opened === null) throw new Error('an envelope without a data key')
    const check = await checkSeal(at, content.opened, how.seals?.() ?? PLAIN_SEAL_RULES, signal)
    seal = check
    await check.assertReleasable(check.verdict)
    // A sealed object is one continuous stream, never one that a Java SDK split again.
    const whole = check.chunkBytes === null ? content : { ...content, resplit: null }
    return { content: whole, seal: check, [Symbol.dispose]: close }
  } catch (cause) {
    close()
    throw cause
  }
}

/** The state of an envelope that no key is tried on; null for one that a key may open. */
export function closedState(
  headers: Headers,
  size: number,
): 'missing' | 'damaged' | 'message' | null {
  const found = recognise(headers)
  switch (found.kind) {
    case 'plain':
      return 'missing'
    case 'broken':
      return 'damaged'
    case 'message':
    case 'later':
      return 'message'
    case 'encrypted': {
      const { dataSize } = found.envelope
      return dataSize !== null && dataSize !== size ? 'damaged' : null
    }
  }
}
