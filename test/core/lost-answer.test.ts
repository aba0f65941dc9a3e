import { describe, expect, test } from 'vitest'
import { sendOnce, type LostAnswer } from '../../electron/core/oss/lost-answer.ts'
import { Failure, type AppError } from '../../shared/contract/errors.ts'
import { errorOf } from './oss-practice.ts'

const ossError = (status: number, ossCode: string): AppError => ({
  code: 'oss',
  status,
  ossCode,
  ec: '',
  message: '',
  requestId: '',
  retryAfterMs: 0,
})
const UNREACHABLE: AppError = { code: 'unreachable', reason: 'timeout', host: 'x' }
const TAKEN: AppError = { code: 'object-exists', key: 'k' }
const GONE = ossError(404, 'NoSuchUpload')
const DENIED: AppError = {
  code: 'access-denied',
  action: 'oss:GetObject',
  ossCode: 'AccessDenied',
  ec: '',
  requestId: '',
}

/** Sends a request that fails with `error`, after one attempt that OSS may have carried out. */
async function lost(
  error: AppError,
  wasUnsure: boolean,
  proof: LostAnswer<string>['proof'],
  find: () => Promise<string | null>,
): Promise<{ readonly answer: string; readonly looks: number }> {
  let looks = 0
  const answer = await sendOnce<string>(
    async (onUnsure) => {
      if (wasUnsure) onUnsure()
      throw new Failure(error)
    },
    { proof, find: () => ((looks += 1), find()) },
  )
  return { answer, looks }
}

describe('an answer that was lost', () => {
  const rows: readonly (readonly [
    string,
    AppError,
    unsure: boolean,
    proof: LostAnswer<string>['proof'],
    ours: boolean,
  ])[] = [
    ['no answer', UNREACHABLE, false, 'equal', true],
    ['no answer', UNREACHABLE, true, 'unique', true],
    ['no answer, and only the content would tell', UNREACHABLE, true, 'content', false],
    ['the name is taken after a lost answer, by the same content', TAKEN, true, 'content', true],
    ['the name is taken', TAKEN, false, 'unique', true],
    [
      'the name is taken at the first attempt, and any equal object would do',
      TAKEN,
      false,
      'equal',
      false,
    ],
    ['the name is taken at a later attempt', TAKEN, true, 'equal', true],
    ['the upload is gone', GONE, false, 'unique', true],
    ['a refusal is no lost answer', DENIED, true, 'unique', false],
    [
      'an error of the server is not a lost answer',
      ossError(500, 'InternalError'),
      true,
      'unique',
      false,
    ],
    ['a wrong checksum is not a lost answer', { code: 'checksum' }, true, 'unique', false],
  ]
  test.each(rows)(
    '%s (%o, sent again: %s, %s): looked for: %s',
    async (_name, error, unsure, proof, ours) => {
      const found = lost(error, unsure, proof, async () => 'ours')
      if (ours) expect(await found).toEqual({ answer: 'ours', looks: 1 })
      else expect(await errorOf(found)).toEqual(error)
      // Another object under the name changes nothing of the failure.
      expect(await errorOf(lost(error, unsure, proof, async () => null))).toEqual(error)
    },
  )

  test('an answer that came is not looked for', async () => {
    const find = async (): Promise<string> => {
      throw new Error('looked for')
    }
    expect(await sendOnce(async () => 'answer', { proof: 'equal', find })).toBe('answer')
  })

  test.each<readonly [string, AppError, AppError]>([
    ['a network that is gone is told, so that it is asked again', UNREACHABLE, UNREACHABLE],
    ['an object that is not what was sent is told', { code: 'checksum' }, { code: 'checksum' }],
    ['an account that may not look is told of the request', DENIED, TAKEN],
  ])('a look that fails: %s', async (_name, look, told) => {
    const find = async (): Promise<never> => {
      throw new Failure(look)
    }
    expect(await errorOf(lost(TAKEN, true, 'equal', find))).toEqual(told)
  })
})
