import { chosenRows } from '../../../queries/chosen.ts'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type { MasterKey, ObjectRow } from '../../../../shared/contract/models.ts'
import { useUi } from '../../../state/ui.ts'
import { errorSentence } from '../../../text/sentence.ts'
import { notify, useWork } from '../../../state/work.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useLanguage, useRich, useText } from '../../../text/use-text.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { MenuButton } from '../../../ui/controls/menu.tsx'
import { CopyDetails } from '../../../ui/copy-details.tsx'
import { Note } from '../../../ui/note.tsx'
import { useDownload } from '../downloads.ts'

/** Shows the last problem above the list, and the progress of dropped files into the spool. */
export function NoticeBar({ keys }: { readonly keys: readonly MasterKey[] }) {
  const t = useText()
  const rich = useRich()
  const q = useQuantities()
  const language = useLanguage()
  const download = useDownload()
  const { notice, taking } = useWork()
  const here = useUi(({ page, place }) =>
    page === 'objects' && place !== null
      ? `${place.profileId} ${place.bucket} ${place.prefix}`
      : null,
  )
  if (taking !== null)
    return (
      <Note icon="download" bar>
        {t('objects:drop.taking', { bytes: q.bytes(taking) })}
      </Note>
    )
  if (notice === null || notice.error?.code === 'cancelled') return null
  const { object, error } = notice
  // A question about an object is answered on the object's own page.
  if (
    object !== undefined &&
    here !== `${object.place.profileId} ${object.place.bucket} ${object.place.prefix}`
  )
    return null
  const again = (keyId: string) => {
    if (object === undefined) return
    notify(null)
    void download(chosenRows(object.place, [rowOf(object.key)]), { raw: false, keyId })
  }
  const others =
    error?.code === 'wrong-master-key'
      ? keys.filter((key) => key.hasPrivate && !error.tried.includes(key.name))
      : []
  const actions = (
    <>
      {object !== undefined && others.length > 0 && (
        <MenuButton
          label={t('objects:act.chooseKey')}
          entries={others.map((key) => ({
            icon: 'key',
            label: shownName(key.name),
            onSelect: () => again(key.id),
          }))}
        >
          <Button size="sm">{t('objects:act.chooseKey')}</Button>
        </MenuButton>
      )}
      {object !== undefined && error !== null && whyRaw.has(error.code) && (
        <Button
          size="sm"
          onClick={() => {
            notify(null)
            void download(chosenRows(object.place, [rowOf(object.key)]), { raw: true })
          }}
        >
          {t('objects:act.downloadRaw')}
        </Button>
      )}
      {error !== null && <CopyDetails error={error} />}
      <IconButton icon="x" small label={t('common:act.dismiss')} onClick={() => notify(null)} />
    </>
  )
  return (
    <Note kind="bad" icon={error === null ? 'alert' : 'broken'} bar actions={actions}>
      {error === null
        ? notice.text
        : notice.about === null
          ? errorSentence(error, language)
          : rich(
              object === undefined ? 'objects:notice.failed' : 'objects:notDownloaded',
              {},
              { name: shownName(notice.about), why: errorSentence(error, language) },
            )}
    </Note>
  )
}

const rowOf = (key: string): ObjectRow => ({
  key,
  kind: 'file',
  size: 0,
  modified: '',
  etag: '',
  storageClass: '',
})

/** An object that no key opens can still be downloaded as it is stored. */
const whyRaw: ReadonlySet<AppError['code']> = new Set([
  'not-an-envelope',
  'unsupported-format',
  'unknown-master-key',
])
