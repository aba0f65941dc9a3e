import type { EnvelopeFacts, MasterKey, ObjectRow } from '../../../../shared/contract/models.ts'
import { errorOf } from '../../../text/error-of.ts'
import { useTryKeys, type Place } from '../../../queries/objects.ts'
import { ask } from '../../../state/work.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Note } from '../../../ui/note.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { kindFor } from './format-words.ts'
import { OpenedNote } from '../list/opened-note.tsx'

/**
 * KMS or a program wrapped the data key, and none here fits: no file could be imported that opens
 * it.
 */
export function MissingElsewhere({
  facts,
  keys,
  place,
  row,
}: {
  readonly facts: EnvelopeFacts
  readonly keys: readonly MasterKey[]
  readonly place: Place
  readonly row: ObjectRow
}) {
  const t = useText()
  const rich = useRich()
  const tryKeys = useTryKeys()
  const kind = kindFor(facts)
  const none = tryKeys.error !== null && errorOf(tryKeys.error).code === 'wrong-master-key'
  const problem = useProblem(none ? null : tryKeys.error)
  const actions = (
    <>
      <Button
        size="sm"
        kind="primary"
        onClick={() => ask({ kind: kind === 'command' ? 'add-program' : 'add-kms' })}
      >
        {t(kind === 'command' ? 'remote:act.addProgram' : 'remote:act.addKms')}
      </Button>
      {!none && keys.some((key) => key.kind === kind) && (
        <Button
          size="sm"
          busy={tryKeys.isPending}
          onClick={() =>
            tryKeys.mutate({ profileId: place.profileId, bucket: place.bucket, key: row.key })
          }
        >
          {t(tryKeys.isPending ? 'objects:act.tryingAll' : 'objects:act.tryAll')}
        </Button>
      )}
    </>
  )
  const words = none
    ? rich('objects:d.triedAll', {})
    : kind === 'command'
      ? rich('objects:d.nokeyProgram', {}, { name: shownName(facts.wrapAlgorithm) })
      : rich('objects:d.nokeyKms', {})
  if (tryKeys.data !== undefined)
    return <OpenedNote place={place} row={row} opened={tryKeys.data} />
  return (
    <>
      <Note kind={none ? 'bad' : 'warn'} icon="nokey" actions={actions}>
        {words}
      </Note>
      {problem !== null && <Message message={problem} alert />}
    </>
  )
}
