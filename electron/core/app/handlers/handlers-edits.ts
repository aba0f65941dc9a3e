import { Failure } from '../../../../shared/contract/errors.ts'
import { attempted } from '../../base/attempt.ts'
import type { Edits } from '../opened/edits.ts'
import type { HandlersOf, Parts } from '../parts.ts'

export function editHandlers({ edits, afterUse }: Parts): HandlersOf<'edits'> {
  const here = (): Edits => {
    if (edits === null)
      throw new Failure({ code: 'bad-request', detail: 'edits: not in this shell' })
    return edits
  }
  return {
    'edits.start': (input, signal) => attempted(() => here().start(input, signal)),
    'edits.list': () => attempted(async () => edits?.list() ?? []),
    'edits.upload': ({ id }, signal) =>
      attempted(() => here().upload(id, signal)).finally(afterUse),
    'edits.discard': ({ id }) =>
      attempted(async () => {
        await here().discard(id)
        return null
      }),
  }
}
