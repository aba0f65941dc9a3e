import { useEffect, useState } from 'react'
import type { Grant, Leftover, Transfer } from '../../../shared/contract/models-transfers.ts'
import { sentence } from '../../text/sentence.ts'
import { errorOf } from '../../queries/core.ts'
import { useResumeLeftover, type BucketPlace } from '../../queries/leftovers.ts'
import { useTransfers } from '../../queries/transfers.ts'
import { showTransfer } from '../../state/transfers-tab.ts'
import { lastOf } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Message, type FieldMessage } from '../../ui/field.tsx'
import { FileBox } from './file-box.tsx'

/**
 * An upload that another computer began goes on from a file here. It is done when the file has proven to be the same: then the transfer
 * is shown; a file that is another is said here, and another may be chosen.
 */
export function ResumeDialog({ place, leftover, onClose }: { readonly place: BucketPlace; readonly leftover: Leftover; readonly onClose: () => void }) {
  const t = useText()
  const q = useQuantities()
  const language = useLanguage()
  const [file, setFile] = useState<Grant | null>(null)
  const resume = useResumeLeftover()
  const transfer = useTransfers().data?.get(resume.data ?? '')
  const standing = transfer === undefined ? null : standingOf(transfer, leftover)
  useEffect(() => {
    if (standing !== 'proven' || resume.data === undefined) return
    onClose()
    showTransfer(resume.data)
  }, [standing, resume.data, onClose])
  const { key, dataSize, bytes } = leftover
  const otherSize = file !== null && file.size !== null && dataSize !== null && file.size !== dataSize
  const cause = resume.error === null ? null : errorOf(resume.error)
  const error = cause ?? (standing === 'failed' ? (transfer?.error ?? null) : null)
  const wrongSize = otherSize ? { file: file.size ?? 0, upload: dataSize } : error?.code === 'size-differs' ? { file: error.actual, upload: error.expected } : null
  const message: FieldMessage | null = wrongSize !== null
    ? { kind: 'bad', text: t('leftovers:resume.size', { file: q.exactBytes(wrongSize.file), upload: q.exactBytes(wrongSize.upload) }) }
    : error === null || error.code === 'cancelled' ? null : { kind: 'bad', text: sentence(error, language) }
  const checking = resume.isPending || standing === 'checking' || (resume.data !== undefined && transfer === undefined)
  const take = (grant: Grant) => {
    setFile(grant)
    resume.reset()
  }
  const start = () => {
    if (file !== null) resume.mutate({ ...place, key, uploadId: leftover.uploadId, grant: file.id, keyIds: [] })
  }
  const footer = (
    <>
      <span className="hint grow">{t(checking ? 'leftovers:resume.checking' : 'leftovers:resume.foot')}</span>
      <Button onClick={onClose}>{t(checking ? 'common:act.close' : 'common:act.cancel')}</Button>
      <Button kind="primary" disabled={file === null || message !== null} busy={checking} onClick={start}>{t(checking ? 'leftovers:resume.doing' : 'leftovers:resume.do')}</Button>
    </>
  )
  return (
    <Dialog title={t('leftovers:resume.title', { name: shownName(lastOf(key)) })} subtitle={t('leftovers:resume.sub')} width={540} footer={footer} onClose={onClose}>
      <div className="form">
        <span className="label">{t('leftovers:col.name')}</span><span className="lh cut" title={shownName(key)}>{shownName(key)}</span>
        <span className="label">{t('leftovers:col.held')}</span><span className="lh">{bytes === null ? t('leftovers:unknown') : dataSize === null ? q.bytes(bytes) : q.progress(bytes, dataSize)}</span>
      </div>
      <FileBox file={file} onTake={take} />
      {message !== null && <Message message={message} alert />}
    </Dialog>
  )
}

/** Parts are counted as they are proven: when all that OSS holds are, the file is the same. */
function standingOf({ phase, partsDone }: Transfer, { parts }: Leftover): 'checking' | 'proven' | 'failed' {
  if (phase === 'failed') return 'failed'
  return (phase === 'running' || phase === 'waiting') && partsDone < Math.max(1, parts ?? 1) ? 'checking' : 'proven'
}
