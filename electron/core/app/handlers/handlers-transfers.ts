import { ok } from '../../../../shared/contract/errors.ts'
import { attempted } from '../../base/attempt.ts'
import type { HandlersOf, Parts } from '../parts.ts'

export function transferHandlers({ queue }: Parts): HandlersOf<'transfers'> {
  return {
    'transfers.list': async () => ok(queue.list()),
    'transfers.skipped': ({ id, offset, count }) =>
      attempted(async () => queue.skipped(id, offset, count)),
    'transfers.pause': async ({ ids }) => {
      queue.pause(ids)
      return ok(null)
    },
    'transfers.resume': async ({ ids }) => {
      queue.resume(ids)
      return ok(null)
    },
    'transfers.cancel': async ({ ids }) => {
      await queue.cancel(ids)
      return ok(null)
    },
    'transfers.retry': async ({ ids }) => {
      queue.retry(ids)
      return ok(null)
    },
    'transfers.startOver': async ({ ids }) => {
      await queue.startOver(ids)
      return ok(null)
    },
    'transfers.decide': async ({ ids, existing }) => {
      queue.decide(ids, existing)
      return ok(null)
    },
    'transfers.withoutSeal': async ({ ids }) => {
      await queue.withoutSeal(ids)
      return ok(null)
    },
    'transfers.clear': async ({ ids }) => {
      queue.clear(ids)
      return ok(null)
    },
  }
}
