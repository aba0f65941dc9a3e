import { Failure, valueOf, type AppError } from '../../../shared/contract/errors.ts'
import type { Envelope } from '../../../shared/format/envelope.ts'
import { recognise, type Headers, type Recognised } from '../../../shared/format/recognise.ts'
import { open, type Opened } from '../keys/keyring.ts'
import type { Candidates } from './jobs.ts'

/** Opens an envelope with whichever key fits. The caller disposes of the data key. Throws Failure: unknown or wrong key. */
export async function openWith(envelope: Envelope, candidates: Candidates): Promise<Opened> {
  const keys = valueOf(await candidates(envelope))
  try {
    return valueOf(await open(envelope, keys))
  } finally {
    for (const key of keys) key[Symbol.dispose]()
  }
}

/** Null for a plain object. Throws Failure for one that is damaged or of a format not read yet: it never passes for plain. */
export async function unseal(headers: Headers, candidates: Candidates): Promise<Opened | null> {
  const found = recognise(headers)
  if (found.kind === 'plain') return null
  if (found.kind === 'sealed') return openWith(found.envelope, candidates)
  throw new Failure(refusal(found))
}

function refusal(found: Extract<Recognised, { kind: 'broken' | 'later' }>): AppError {
  if (found.kind === 'broken') return { code: 'not-an-envelope', header: found.header, problem: found.problem }
  return { code: 'unsupported-format', format: found.format }
}
