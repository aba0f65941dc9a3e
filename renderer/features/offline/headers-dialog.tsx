import { useState } from 'react'
import { Failure } from '../../../shared/contract/errors.ts'
import type { Grant } from '../../../shared/contract/models-transfers.ts'
import { hostFiles } from '../../queries/core.ts'
import { useInspectPair } from '../../queries/offline.ts'
import { addPasted } from '../../state/offline.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Field, Message } from '../../ui/controls/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import type { ShownRow } from './use-offline-rows.ts'

/** Takes headers that another tool printed, for one file. */
export function HeaderLinesDialog({
  rows,
  onClose,
}: {
  readonly rows: readonly ShownRow[]
  readonly onClose: () => void
}) {
  const t = useText()
  const [text, setText] = useState('')
  // If exactly one file has no envelope yet, the headers are for it.
  const [blob, setBlob] = useState<Grant | null>(() => {
    const alone = rows.filter(
      ({ item, row }) => item.blob !== null && item.envelope === null && row.transferId === null,
    )
    return alone.length === 1 ? (alone[0]?.item.blob ?? null) : null
  })
  const inspect = useInspectPair()
  const problem = useProblem(
    inspect.error ??
      (inspect.data?.error?.code === 'no-envelope' || inspect.data?.error?.code === 'envelope-file'
        ? new Failure(inspect.data.error)
        : null),
  )

  const choose = async () => {
    const [grant] = (await hostFiles().pickFiles()) ?? []
    if (grant !== undefined) setBlob(grant)
  }
  const use = () => {
    if (blob === null) return
    inspect.mutate(
      { blob: blob.id, envelope: null, envelopeText: text },
      {
        onSuccess(item) {
          // The text is no envelope. It stays, so that it can be corrected.
          if (item.encryption === null) return
          addPasted(
            { ...item, envelope: item.envelope ?? { name: '', source: 'pasted', grant: null } },
            text,
          )
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      title={t('offline:headers.title')}
      subtitle={t('offline:headers.sub')}
      onClose={onClose}
      footer={
        <>
          <span className="hint grow">{t('offline:headers.hint')}</span>
          <Button onClick={onClose}>{t('common:act.cancel')}</Button>
          <Button
            kind="primary"
            disabled={text.trim() === '' || blob === null}
            busy={inspect.isPending}
            onClick={use}
          >
            {t(inspect.isPending ? 'offline:headers.busy' : 'offline:headers.do')}
          </Button>
        </>
      }
    >
      <div className="form">
        <Field label={t('offline:headers.text')}>
          {(control) => (
            <textarea
              {...control}
              className="input mono"
              rows={8}
              spellCheck={false}
              autoFocus
              maxLength={65_536}
              value={text}
              placeholder={
                '{\n  "x-oss-meta-client-side-encryption-key": "…",\n  "x-oss-meta-client-side-encryption-start": "…"\n}'
              }
              onChange={(e) => {
                setText(e.target.value)
                inspect.reset()
              }}
            />
          )}
        </Field>
        <Field label={t('offline:headers.file')}>
          {(control, labelId) => (
            <button
              type="button"
              className="pick"
              id={control.id}
              aria-labelledby={`${labelId} ${control.id}v`}
              onClick={() => void choose()}
            >
              <Icon name="file" size="s" />
              <span className="grow cut" id={`${control.id}v`}>
                {blob === null ? (
                  <span className="faint">{t('offline:headers.choose')}</span>
                ) : (
                  shownName(blob.name)
                )}
              </span>
              {blob !== null && <span className="faint small">{t('offline:target.change')}</span>}
            </button>
          )}
        </Field>
      </div>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
