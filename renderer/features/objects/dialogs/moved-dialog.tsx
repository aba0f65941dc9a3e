import { chosenRows } from '../../../queries/chosen.ts'
import type { Place } from '../../../queries/objects.ts'
import { lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Note } from '../../../ui/note.tsx'
import { useDownload } from '../downloads.ts'

/** Asks before an object is downloaded that was sealed under another name. */
export function MovedDialog({
  place,
  objectKey,
  onClose,
}: {
  readonly place: Place
  readonly objectKey: string
  readonly onClose: () => void
}) {
  const t = useText()
  const rich = useRich()
  const download = useDownload()
  const row = { key: objectKey, kind: 'file', size: 0, modified: '', etag: '' } as const
  const act = () => {
    onClose()
    const chosen = chosenRows(place, [{ ...row, storageClass: '' }])
    void download(chosen, { raw: false, allowMoved: true })
  }
  return (
    <Dialog
      title={t('seals:moved.title', { name: shownName(lastOf(objectKey)) })}
      width={520}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button kind="primary" autoFocus onClick={onClose}>
            {t('seals:moved.keep')}
          </Button>
          <Button kind="danger" onClick={act}>
            {t('seals:moved.do')}
          </Button>
        </>
      }
    >
      <Note kind="bad" icon="moved">
        {rich('seals:moved.what', {})}
      </Note>
      <p>{t('seals:moved.means')}</p>
    </Dialog>
  )
}
