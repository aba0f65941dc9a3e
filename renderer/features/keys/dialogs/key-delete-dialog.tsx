import { useState } from 'react'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import type { KeyLedger } from '../../../../shared/contract/models-audit.ts'
import { useKeyLedger, useRemoveKey, useRetireKey } from '../../../queries/keys.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useJoin } from '../../../text/use-join.ts'
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
 * Deletes a key, which cannot be undone. The dialog says what the deletion costs and what else
 * would help. The button works once the number of objects is typed that the key opens. A key that
 * opens none takes its exact name.
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
  const counted = useKeyLedger(key.id)
  const ledger = counted.data?.[0] ?? null
  const objects = ledger?.objects ?? 0
  const problem = useProblem(remove.error ?? retire.error ?? counted.error)
  const isDefault = key.defaultFor.length > 0
  const name = shownName(key.name)
  const elsewhere = key.kind !== 'rsa'
  const mild = elsewhere && boundOf(key) !== 'passphrase'
  const wanted = objects > 0 ? String(objects) : key.name
  const sure = ledger !== null && typed === wanted && (!isDefault || successorId !== '')
  const makeDecryptOnly = () => {
    if (isDefault) ask({ kind: 'retire', key })
    else retire.mutate({ key, successorId: null }, { onSuccess: onClose })
  }
  return (
    <Dialog
      title={t(
        objects > 0 ? 'keys:del.blocked' : elsewhere ? 'remote:del.title' : 'keys:del.title',
        { name },
      )}
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
          <Button kind={objects > 0 ? 'primary' : undefined} onClick={onClose}>
            {t('keys:del.keep')}
          </Button>
          <Button
            kind="danger"
            disabled={!sure}
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(
                {
                  id: key.id,
                  confirmName: key.name,
                  ...(objects > 0 && { confirmObjects: objects }),
                  successorId: successorId === '' ? null : successorId,
                },
                // The number may be another one by now, and is shown then.
                { onSuccess: onClose, onError: () => void counted.refetch() },
              )
            }
          >
            {t(remove.isPending ? 'keys:del.busy' : elsewhere ? 'remote:del.do' : 'keys:del.do')}
          </Button>
        </>
      }
    >
      <Note kind={mild ? 'warn' : 'bad'} icon={mild ? 'alert' : 'broken'}>
        <LossWarning masterKey={key} ledger={ledger} />
      </Note>
      {ledger !== null && <LedgerBox ledger={ledger} />}
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
      {ledger !== null && (
        <Field
          stacked
          label={t(objects > 0 ? 'keys:del.confirmNumber' : 'keys:del.confirm')}
          key={objects > 0 ? 'number' : 'name'}
        >
          {(control) => (
            <input
              {...control}
              className="input"
              autoFocus
              autoComplete="off"
              spellCheck={false}
              inputMode={objects > 0 ? 'numeric' : 'text'}
              placeholder={objects > 0 ? wanted : name}
              value={typed}
              onChange={(e) => setTyped(e.target.value)}
            />
          )}
        </Field>
      )}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}

function LossWarning({
  masterKey: key,
  ledger,
}: {
  readonly masterKey: MasterKey
  readonly ledger: KeyLedger | null
}) {
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
  const objects = ledger?.objects ?? 0
  const lost =
    objects > 0
      ? rich(
          'keys:del.opens',
          {},
          { count: objects, shown: q.count(objects), bytes: q.bytes(ledger?.bytes ?? 0) },
        )
      : rich(ledger === null || ledger.asOf === null ? 'keys:del.unseen' : 'keys:del.zero', {})
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

/** The buckets of a ledger, and the time at which they were counted. */
function LedgerBox({ ledger }: { readonly ledger: KeyLedger }) {
  const t = useText()
  const q = useQuantities()
  const join = useJoin()
  const gap = useLanguage() === 'zh-CN' ? '' : ' '
  const { asOf, buckets, uncounted } = ledger
  return (
    <div className="box">
      {buckets.map((one) => (
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
      <div className="line faint small">
        <span>
          {asOf === null ? t('keys:del.neverCounted') : t('keys:del.asOf', { time: q.time(asOf) })}
          {uncounted.length > 0 && gap + t('keys:del.uncounted', { buckets: join(uncounted) })}
        </span>
      </div>
    </div>
  )
}
