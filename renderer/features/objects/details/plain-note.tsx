import { useQuery } from '@tanstack/react-query'
import type { Encryption, ObjectRow } from '../../../../shared/contract/models.ts'
import { chosenRows } from '../../../queries/chosen.ts'
import { sniffQuery, type Place } from '../../../queries/objects.ts'
import { ask } from '../../../state/work.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Note } from '../../../ui/note.tsx'
import type { ShownEncryption } from '../../../ui/state-badge.tsx'
import { useDownload } from '../downloads.ts'
import { LaterNote } from '../list/later-note.tsx'

/**
 * Returns the message that an object without envelope headers is. Null for every other object, and
 * until it is known.
 */
export function useFoundMessage(
  place: Place,
  row: ObjectRow,
  encryption: ShownEncryption,
): Encryption | null {
  const plain = typeof encryption !== 'string' && encryption.state === 'plain'
  return useQuery({ ...sniffQuery(place, row), enabled: plain }).data ?? null
}

/**
 * Headers without an envelope. The object may still be a message of the KMS Encryption SDK; then
 * decrypting is offered.
 */
export function PlainNote({
  place,
  row,
  found,
  wasEncrypted,
}: {
  readonly place: Place
  readonly row: ObjectRow
  readonly found: Encryption | null
  readonly wasEncrypted: boolean
}) {
  const t = useText()
  const rich = useRich()
  const download = useDownload()
  switch (found?.state) {
    case 'encrypted': {
      const decrypt = (
        <Button
          size="sm"
          icon="down"
          onClick={() => void download(chosenRows(place, [row]), { raw: false, message: true })}
        >
          {t('objects:act.decrypt')}
        </Button>
      )
      return (
        <Note kind="encrypted" icon="encrypted" actions={decrypt}>
          {rich('objects:d.message', {})}
        </Note>
      )
    }
    case 'nokey':
      return (
        <Note
          kind="warn"
          icon="nokey"
          actions={
            <Button size="sm" onClick={() => ask({ kind: 'add-kms' })}>
              {t('remote:act.addKms')}
            </Button>
          }
        >
          {rich('objects:d.messageKey', {})}
        </Note>
      )
    case 'later':
      return <LaterNote format={found.format} />
    default:
      return wasEncrypted ? (
        <ReplacedNote place={place} row={row} />
      ) : (
        <Note icon="plain">{rich('objects:d.plain', {})}</Note>
      )
  }
}

/** The object was encrypted before and is not now. Only this note, which says so, downloads it. */
function ReplacedNote({ place, row }: { readonly place: Place; readonly row: ObjectRow }) {
  const t = useText()
  const rich = useRich()
  const download = useDownload()
  const anyway = (
    <Button
      size="sm"
      onClick={() => void download(chosenRows(place, [row]), { raw: false, allowPlain: true })}
    >
      {t('objects:act.downloadPlain')}
    </Button>
  )
  return (
    <Note kind="bad" icon="broken" actions={anyway}>
      {rich('objects:d.wasEncrypted', {})}
    </Note>
  )
}
