import { useState } from 'react'
import type { Grant, Leftover } from '../../../shared/contract/models-transfers.ts'
import { errorSentence } from '../../text/sentence.ts'
import { errorOf } from '../../text/error-of.ts'
import { useAbortLeftovers, useResumeLeftover, type BucketPlace } from '../../queries/leftovers.ts'
import { showTransfer } from '../../state/transfers-tab.ts'
import { lastOf } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Checkbox } from '../../ui/controls/checkbox.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message, type FieldMessage } from '../../ui/controls/field.tsx'
import { FileBox } from '../local-chooser/file-box.tsx'

/**
 * Continues an upload from its file, if this computer has a record of it. Every other upload starts
 * again from a file here, under a new data key. The parts at OSS are then useless and may be
 * deleted at once.
 */
export function ResumeDialog({
  place,
  leftover,
  onClose,
}: {
  readonly place: BucketPlace
  readonly leftover: Leftover
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const language = useLanguage()
  const [file, setFile] = useState<Grant | null>(null)
  const [drop, setDrop] = useState(false)
  const resume = useResumeLeftover()
  const abort = useAbortLeftovers(place)
  const { key, uploadId, dataSize, bytes, startedHere } = leftover
  const way = startedHere ? 'resume' : 'again'
  const otherSize =
    file !== null && file.size !== null && dataSize !== null && file.size !== dataSize
  const failed = resume.error ?? abort.error
  const error = failed === null ? null : errorOf(failed)
  const wrongSize = otherSize
    ? { file: file.size ?? 0, upload: dataSize }
    : error?.code === 'size-differs'
      ? { file: error.actual, upload: error.expected }
      : null
  const message: FieldMessage | null =
    wrongSize !== null
      ? {
          kind: 'bad',
          text: t('leftovers:resume.size', {
            file: q.exactBytes(wrongSize.file),
            upload: q.exactBytes(wrongSize.upload),
          }),
        }
      : error === null || error.code === 'cancelled'
        ? null
        : { kind: 'bad', text: errorSentence(error, language) }
  const take = (grant: Grant) => {
    setFile(grant)
    resume.reset()
  }
  const start = async () => {
    if (file === null) return
    const id = await resume.mutateAsync({ ...place, key, uploadId, grant: file.id, keyIds: [] })
    if (drop && !startedHere) await abort.mutateAsync([leftover])
    onClose()
    showTransfer(id)
  }
  const busy = resume.isPending || abort.isPending
  const footer = (
    <>
      <span className="hint grow">{t(`leftovers:${way}.foot`)}</span>
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      {/* The dialog shows the error. */}
      <Button
        kind="primary"
        disabled={file === null || message !== null}
        busy={busy}
        onClick={() => void start().catch(() => undefined)}
      >
        {t(`leftovers:${way}.do`)}
      </Button>
    </>
  )
  return (
    <Dialog
      title={t(`leftovers:${way}.title`, { name: shownName(lastOf(key)) })}
      subtitle={t(`leftovers:${way}.sub`)}
      width={540}
      footer={footer}
      onClose={onClose}
    >
      <div className="form">
        <span className="label">{t('leftovers:col.name')}</span>
        <span className="lh cut" title={shownName(key)}>
          {shownName(key)}
        </span>
        <span className="label">{t('leftovers:col.held')}</span>
        <span className="lh">
          {bytes === null
            ? t('leftovers:unknown')
            : dataSize === null
              ? q.bytes(bytes)
              : q.progress(bytes, dataSize)}
        </span>
      </div>
      <FileBox
        file={file}
        icon="file"
        words={{
          drop: t('leftovers:file.drop'),
          choose: t('leftovers:file.choose'),
          another: t('leftovers:file.another'),
          many: t('leftovers:file.many'),
        }}
        facts={file === null || file.size === null ? null : q.bytes(file.size)}
        problem={null}
        onTake={take}
      />
      {!startedHere && (
        <Checkbox checked={drop} onChange={setDrop}>
          {t('leftovers:again.drop')}
        </Checkbox>
      )}
      {message !== null && <Message message={message} alert />}
    </Dialog>
  )
}
