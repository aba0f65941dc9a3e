import type { ReactNode } from 'react'
import type {
  Encryption,
  MasterKey,
  ObjectFacts,
  ObjectRow,
} from '../../../../shared/contract/models.ts'
import { errorOf } from '../../../text/error-of.ts'
import { useTryKeys, type Place } from '../../../queries/objects.ts'
import { say } from '../../../ui/announce.ts'
import { go, lastOf } from '../../../state/ui.ts'
import { ask } from '../../../state/work.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { copyText } from '../../../ui/controls/clipboard.ts'
import { Mono } from '../../../ui/facts.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Note } from '../../../ui/note.tsx'
import type { ShownEncryption } from '../../../ui/state-badge.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { kindFor } from './format-words.ts'
import { LaterNote } from '../list/later-note.tsx'
import { MissingElsewhere } from './missing-elsewhere.tsx'
import { OpenedNote } from '../list/opened-note.tsx'
import { PlainNote } from './plain-note.tsx'
import { isSameShownDescription } from './same-description.ts'

export interface EncryptionSectionProps {
  readonly place: Place
  readonly row: ObjectRow
  readonly keys: readonly MasterKey[]
  readonly encryption: ShownEncryption
  readonly facts: ObjectFacts | undefined
  /** A message that the headers do not announce; see {@link useFoundMessage}. */
  readonly found: Encryption | null
}

/** Says how one object is encrypted, and what the user can do about it. */
export function EncryptionNote({
  encryption,
  ...props
}: EncryptionSectionProps & { readonly encryption: Encryption }) {
  const rich = useRich()
  const t = useText()
  const key = (inner: ReactNode) => (
    <button type="button" className="link" onClick={() => go({ page: 'keys' })}>
      {inner}
    </button>
  )
  switch (encryption.state) {
    case 'encrypted':
      return (
        <Note kind="encrypted" icon="encrypted">
          {rich('objects:d.encrypted', { key }, { name: shownName(encryption.keyName) })}
        </Note>
      )
    case 'plain':
      return <PlainNote {...props} wasEncrypted={encryption.wasEncrypted === true} />
    case 'later':
      return <LaterNote format={encryption.format} />
    case 'broken': {
      const header = <span className="mono">{encryption.header.replace(/^x-oss-meta-/, '')}</span>
      return (
        <Note kind="bad" icon="broken">
          {rich(
            'objects:d.broken',
            { header },
            {
              problem: t(
                encryption.problem === 'missing' ? 'objects:d.missing' : 'objects:d.invalid',
              ),
            },
          )}
        </Note>
      )
    }
    case 'nokey':
      return kindFor(encryption.facts) !== 'rsa' ? (
        <MissingElsewhere {...props} facts={encryption.facts} />
      ) : (
        <MissingKey {...props} encryption={encryption} />
      )
  }
}

/**
 * No key has the description, or a key has it and does not open the envelope, or its private half
 * is not here.
 */
function MissingKey({
  encryption,
  keys,
  place,
  row,
}: EncryptionSectionProps & { readonly encryption: Extract<Encryption, { state: 'nokey' }> }) {
  const t = useText()
  const rich = useRich()
  const tryKeys = useTryKeys()
  const { description } = encryption.facts
  const same = keys.filter((one) => isSameShownDescription(one.description, description))
  const opens = same.filter((one) => one.hasPrivate)
  const none = tryKeys.error !== null && errorOf(tryKeys.error).code === 'wrong-master-key'
  const problem = useProblem(none ? null : tryKeys.error)
  const importKey = () => ask({ kind: 'import-key', description, forObject: lastOf(row.key) })
  const tryAll = (kind?: 'primary') => (
    <Button
      size="sm"
      kind={kind}
      busy={tryKeys.isPending}
      onClick={() =>
        tryKeys.mutate({ profileId: place.profileId, bucket: place.bucket, key: row.key })
      }
    >
      {t(tryKeys.isPending ? 'objects:act.tryingAll' : 'objects:act.tryAll')}
    </Button>
  )
  const failed = problem !== null && <Message message={problem} alert />
  if (tryKeys.data !== undefined)
    return <OpenedNote place={place} row={row} opened={tryKeys.data} />
  if (none || opens.length > 0) {
    const names = shownName(opens.map((one) => one.name).join(', '))
    return (
      <>
        <Note
          kind="bad"
          icon="nokey"
          actions={
            <>
              {!none && tryAll()}
              <Button size="sm" onClick={importKey}>
                {t('objects:act.importKey')}
              </Button>
            </>
          }
        >
          {none ? rich('objects:d.triedAll', {}) : rich('objects:d.wrong', {}, { names })}
        </Note>
        {failed}
      </>
    )
  }
  const blank = description === '' && keys.length > 0
  const actions = (
    <>
      {blank && tryAll('primary')}
      <Button size="sm" {...(!blank && { kind: 'primary' as const })} onClick={importKey}>
        {t('objects:act.importKey')}
      </Button>
      {description !== '' && (
        <Button
          size="sm"
          onClick={() => {
            copyText(description)
            say(t('objects:say.copied'))
          }}
        >
          {t('objects:act.copyDescription')}
        </Button>
      )}
    </>
  )
  const half = same[0]
  return (
    <>
      <Note kind="warn" icon="nokey" actions={actions}>
        {half !== undefined && description !== ''
          ? rich(
              'objects:d.nokeyPublic',
              { key: (inner: ReactNode) => <b>{inner}</b> },
              { name: shownName(half.name) },
            )
          : description === ''
            ? rich('objects:d.nokeyBlank', {})
            : rich(
                keys.length === 0 ? 'objects:d.nokeyNone' : 'objects:d.nokeyDescribed',
                {},
                { n: keys.length, count: keys.length },
              )}
        {half === undefined && description !== '' && (
          <>
            <br />
            <Mono text={shownName(description)} ink />
          </>
        )}
      </Note>
      {failed}
    </>
  )
}
