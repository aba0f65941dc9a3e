import type { EditedCopy } from '../../../shared/contract/models-edits.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { useEditAct, useEdits } from '../../queries/edits.ts'
import { useTransfers } from '../../queries/transfers/transfers.ts'
import { lastOf } from '../../state/ui.ts'
import { ask, notify } from '../../state/work.ts'
import { errorOf } from '../../text/error-of.ts'
import { errorSentence } from '../../text/sentence.ts'
import { shownName } from '../../text/shown-name.ts'
import { useLanguage, useRich, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Note } from '../../ui/note.tsx'
import './edits.css'

/**
 * Offers to upload the copies that programs of the system changed, on every page and until the user
 * answers. The region exists before its first line, so that a screen reader reads the line.
 */
export function EditsBar() {
  const transfers = useTransfers().data
  const copies = useEdits().filter(({ state }) => state === 'changed')
  return (
    <div className="edits" role="status" {...(copies.length > 0 && { 'data-region': 'edits' })}>
      {copies.map((copy) => (
        <Offer
          key={copy.id}
          copy={copy}
          transfer={copy.transferId === null ? undefined : transfers?.get(copy.transferId)}
        />
      ))}
    </div>
  )
}

function Offer({
  copy,
  transfer,
}: {
  readonly copy: EditedCopy
  readonly transfer: Transfer | undefined
}) {
  const t = useText()
  const rich = useRich()
  const language = useLanguage()
  const act = useEditAct()
  const name = lastOf(copy.key)
  const error = transfer?.error ?? null
  const isAsked = error?.code === 'object-exists'
  const isUploading = copy.transferId !== null && error === null
  const upload = () =>
    act.mutate(
      { act: 'upload', id: copy.id },
      { onError: (cause) => notify({ about: name, error: errorOf(cause), text: null }) },
    )
  const text = isUploading ? 'uploading' : copy.isLeftover ? 'leftover' : 'changed'
  const actions = (
    <>
      {isAsked && transfer !== undefined ? (
        <Button
          size="sm"
          kind="primary"
          onClick={() => ask({ kind: 'decide-transfer', id: transfer.id })}
        >
          {t('transfers:decide')}
        </Button>
      ) : (
        <Button size="sm" kind="primary" busy={isUploading || act.isPending} onClick={upload}>
          {t('look:edit.upload')}
        </Button>
      )}
      <Button size="sm" onClick={() => ask({ kind: 'discard-edit', id: copy.id, name })}>
        {t('look:edit.discardDots')}
      </Button>
    </>
  )
  return (
    <Note kind="warn" icon="edit" bar actions={actions}>
      {error === null
        ? rich(`look:edit.${text}`, {}, { name: shownName(name) })
        : rich(
            'objects:notice.failed',
            {},
            { name: shownName(name), why: errorSentence(error, language) },
          )}
      {error === null && copy.keyId === null && t('common:space') + t('look:edit.plain')}
    </Note>
  )
}
