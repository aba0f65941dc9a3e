import { useState } from 'react'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import { useRemoveKey, useRetireKey } from '../../../queries/keys.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useLanguage, useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Field, Message } from '../../../ui/controls/field.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Note } from '../../../ui/note.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import type { KeyAsk } from './key-ask.ts'
import { useDay } from '../key-words.ts'
import { boundOf } from '../fields/kms-form.ts'
import { SuccessorField } from '../fields/successor-field.tsx'

/**
 * The one irreversible act of the app: what it costs, what else would do, and the exact name before
 * the button works.
 */
export function KeyDeleteDialog({
  masterKey: key,
  onClose,
  ask,
}: {
  readonly masterKey: MasterKey
  readonly onClose: () => void
  readonly ask: (what: KeyAsk) => void
}) {
  const t = useText()
  const rich = useRich()
  const [typed, setTyped] = useState('')
  const [successorId, setSuccessor] = useState('')
  const remove = useRemoveKey()
  const retire = useRetireKey()
  const problem = useProblem(remove.error ?? retire.error)
  const isDefault = key.defaultFor.length > 0
  const name = shownName(key.name)
  const elsewhere = key.kind !== 'rsa'
  const mild = elsewhere && boundOf(key) !== 'passphrase'
  const sure = typed === key.name && (!isDefault || successorId !== '')
  const makeDecryptOnly = () => {
    if (isDefault) ask({ kind: 'retire', key })
    else retire.mutate({ key, successorId: null }, { onSuccess: onClose })
  }
  return (
    <Dialog
      title={t(elsewhere ? 'remote:del.title' : 'keys:del.title', { name })}
      width={500}
      onClose={onClose}
      footer={
        <>
          {!elsewhere && key.hasPrivate && (
            <Button
              icon="backup"
              disabled={key.unavailable !== null}
              onClick={() =>
                ask({ kind: 'backup', key, fresh: false, after: { kind: 'delete', key } })
              }
            >
              {t('keys:del.backupFirst')}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{t('keys:del.keep')}</Button>
          <Button
            kind="danger"
            disabled={!sure}
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(
                {
                  id: key.id,
                  confirmName: typed,
                  successorId: successorId === '' ? null : successorId,
                },
                { onSuccess: onClose },
              )
            }
          >
            {t(remove.isPending ? 'keys:del.busy' : elsewhere ? 'remote:del.do' : 'keys:del.do')}
          </Button>
        </>
      }
    >
      <Note kind={mild ? 'warn' : 'bad'} icon={mild ? 'alert' : 'broken'}>
        <WhatIsLost masterKey={key} />
      </Note>
      {key.seen.length > 0 && <SeenIn masterKey={key} />}
      {key.hasPrivate && key.state === 'active' && (
        <p>
          {rich('keys:del.instead', {
            a: (inner) => (
              <button type="button" className="link" onClick={makeDecryptOnly}>
                {inner}
              </button>
            ),
          })}
        </p>
      )}
      {isDefault && <SuccessorField masterKey={key} value={successorId} onChange={setSuccessor} />}
      <Field stacked label={t('keys:del.confirm')}>
        {(control) => (
          <input
            {...control}
            className="input"
            autoFocus
            autoComplete="off"
            spellCheck={false}
            placeholder={name}
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
          />
        )}
      </Field>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}

function WhatIsLost({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const t = useText()
  const q = useQuantities()
  const day = useDay()
  const rich = useRich()
  // Chinese sentences follow each other without a space.
  const gap = useLanguage() === 'zh-CN' ? '' : ' '
  if (key.kind === 'command') return rich('remote:del.program', {})
  if (key.kind === 'kms')
    return (
      <>
        {rich('remote:del.kms', {})}
        {boundOf(key) !== 'none' && (
          <>
            {gap}
            {t(`remote:del.${boundOf(key) === 'pairs' ? 'pairs' : 'passphrase'}`)}
          </>
        )}
      </>
    )
  if (!key.hasPrivate) return rich('keys:del.publicOnly', {})
  const objects = key.seen.reduce((sum, one) => sum + one.objects, 0)
  const lost =
    objects === 0
      ? rich('keys:del.unseen', {})
      : rich(
          'keys:del.seen',
          {},
          {
            count: objects,
            shown: q.count(objects),
            buckets: t('keys:buckets', { count: key.seen.length }),
          },
        )
  return (
    <>
      {lost}
      {gap}
      {key.backedUp === null
        ? t('keys:del.noBackup')
        : t('keys:del.backup', { time: day(key.backedUp) })}
    </>
  )
}

function SeenIn({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const t = useText()
  const q = useQuantities()
  return (
    <div className="box">
      {key.seen.map((one) => (
        <div className="line" key={one.bucket}>
          <Icon name="bucket" />
          <span className="grow cut">{one.bucket}</span>
          <span className="muted">
            {t('keys:del.row', {
              count: one.objects,
              shown: q.count(one.objects),
              bytes: q.bytes(one.bytes),
            })}
          </span>
        </div>
      ))}
      <div className="line faint small">{t('keys:seen.hint')}</div>
    </div>
  )
}
