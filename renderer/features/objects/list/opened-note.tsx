import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { chosenRows } from '../../../queries/chosen.ts'
import type { Place } from '../../../queries/objects.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Note } from '../../../ui/note.tsx'
import { useDownload } from '../downloads.ts'

/**
 * After all keys were tried: one key opens the object, although the envelope names another key or
 * none.
 */
export function OpenedNote({
  place,
  row,
  opened,
}: {
  readonly place: Place
  readonly row: ObjectRow
  readonly opened: { readonly keyId: string; readonly keyName: string }
}) {
  const t = useText()
  const rich = useRich()
  const download = useDownload()
  const act = (
    <Button
      size="sm"
      icon="down"
      onClick={() => void download(chosenRows(place, [row]), { raw: false, keyId: opened.keyId })}
    >
      {t('objects:act.decrypt')}
    </Button>
  )
  return (
    <Note kind="encrypted" icon="key" actions={act}>
      {rich('objects:d.opened', {}, { name: shownName(opened.keyName) })}
    </Note>
  )
}
