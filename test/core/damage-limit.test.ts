import { expect, test } from 'vitest'
import { damageLimit } from '../../electron/core/app/jobs/damage-limit.ts'
import type { Openers } from '../../electron/core/transfer/run/jobs.ts'
import { fail, type AppError } from '../../shared/contract/errors.ts'

const never = new AbortController().signal
type EnvelopeGiven = Parameters<Openers['envelope']>[0]
type MessageGiven = Parameters<Openers['message']>[0]

/** Openers that refuse everything with `error`, and how often a key was tried. */
function refusing(error: AppError): { readonly openers: Openers; tried(): number } {
  let tried = 0
  const refuse = async () => {
    tried += 1
    return fail(error)
  }
  return { openers: { envelope: refuse, message: refuse }, tried: () => tried }
}

test.each<AppError>([
  { code: 'wrong-master-key', tried: ['K'] },
  { code: 'message-damaged', part: 'header' },
  { code: 'not-an-envelope', header: 'start', problem: 'invalid' },
])('after 64 of $code over several objects no key is tried any more', async (error) => {
  const limit = damageLimit()
  const server = refusing(error)
  const codes: string[] = []
  for (let object = 0; object < 100; object++) {
    const openers = limit.counted(server.openers)
    const answer =
      object % 2 === 0
        ? await openers.envelope({} as EnvelopeGiven, never)
        : await openers.message({} as MessageGiven, never)
    codes.push(answer.ok ? '' : answer.error.code)
  }
  expect(server.tried()).toBe(64)
  expect([...new Set(codes.slice(0, 64)), ...new Set(codes.slice(64))]).toEqual([
    error.code,
    'too-many-damaged',
  ])
})

test.each<AppError>([
  { code: 'unknown-master-key', description: '' },
  { code: 'passphrase-needed', exists: true },
  { code: 'unreachable', host: 'kms', reason: 'ETIMEDOUT' },
])('$code says nothing of an envelope, and is not counted', async (error) => {
  const server = refusing(error)
  const { envelope } = damageLimit().counted(server.openers)
  for (let i = 0; i < 100; i++) await envelope({} as EnvelopeGiven, never)
  expect(server.tried()).toBe(100)
})

test('two downloads are counted each for itself', async () => {
  const server = refusing({ code: 'wrong-master-key', tried: [] })
  for (const limit of [damageLimit(), damageLimit()]) {
    const { envelope } = limit.counted(server.openers)
    for (let i = 0; i < 64; i++) await envelope({} as EnvelopeGiven, never)
  }
  expect(server.tried()).toBe(128)
})
