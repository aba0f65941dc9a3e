import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Grant, UploadPlan } from '../../../../shared/contract/models-transfers.ts'
import type { Settings } from '../../../../shared/contract/models-settings.ts'
import type { MasterKey, Profile, TransferId } from '../../../../shared/contract/models.ts'
import { errorSentence } from '../../../text/sentence.ts'
import { errorOf } from '../../../text/error-of.ts'
import { planQuery, planUpload, useForgetPlan, useStartUpload } from '../../../queries/plans.ts'
import { useKnownTransfer } from '../../../queries/transfers/transfers.ts'
import { awaitTransfers } from '../../../state/awaited-transfers.ts'
import { say } from '../../../ui/announce.ts'
import { expectKeys } from '../../../state/selection.ts'
import { setPanes } from '../../../state/ui.ts'
import { ask, notify } from '../../../state/work.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useLanguage, useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { CopyDetails } from '../../../ui/copy-details.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Note } from '../../../ui/note.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { sayUploaded } from '../../toasts/after-upload.ts'
import { ConflictDialog, type ConflictChoice } from './conflict-dialog.tsx'
import { SheetExisting } from './sheet-existing.tsx'
import { SheetItems } from './sheet-items.tsx'
import { mayStart, SheetKey, suggestedKey } from './sheet-key.tsx'
import { SheetWhere } from './sheet-where.tsx'

const EARLY_MS = 300

export interface UploadSheetProps {
  readonly planId: string
  readonly grants: readonly Grant[]
  readonly profiles: readonly Profile[]
  readonly keys: readonly MasterKey[]
  readonly settings: Settings
  readonly onClose: () => void
}

/**
 * Plans an upload: the files, the target, the master key and existing names. Nothing is sent before
 * its button is pressed.
 */
export function UploadSheet(props: UploadSheetProps) {
  const plan = useQuery(planQuery(props.planId)).data
  return plan ? <Sheet {...props} plan={plan} /> : null
}

function Sheet({
  plan,
  grants,
  profiles,
  keys,
  settings,
  onClose,
}: UploadSheetProps & { readonly plan: UploadPlan }) {
  const t = useText()
  const rich = useRich()
  const q = useQuantities()
  const language = useLanguage()
  const client = useQueryClient()
  const profile = profiles.find((one) => one.id === plan.profileId)
  const [chosen, choose] = useState<string | null>(null)
  const [weak, allowWeak] = useState(false)
  const tooMany = plan.conflictCount > plan.conflicts.length
  const [wanted, setExisting] = useState(settings.existing)
  const existing = tooMany && wanted === 'ask' ? 'skip' : wanted
  const [deciding, decide] = useState(false)
  const forget = useForgetPlan()
  const start = useStartUpload()
  const known = useKnownTransfer()
  const problem = useProblem(start.error)
  const keyId = chosen ?? suggestedKey(profile, plan.bucket, keys)
  const key = keys.find((one) => one.id === keyId)
  const counting = plan.phase === 'counting'
  const empty =
    plan.phase === 'ready' &&
    plan.files === 0 &&
    plan.missing === 0 &&
    plan.items.every((item) => item.folders + item.emptyFolders === 0)
  // The upload may start during the count. Files that are found later follow. A short count is
  // worth the wait.
  const early = useAfter(EARLY_MS) && counting && plan.files > 0
  const startable = early || (plan.phase === 'ready' && !empty)
  // Two files have one key. Nothing is sent until the user chose to keep both.
  const [both] = existing === 'rename' ? [] : plan.shared
  const ready = startable && both === undefined && key !== undefined && mayStart(key, weak)

  const cancel = () => {
    forget.mutate(plan.id)
    onClose()
  }
  const send = (decisions: Readonly<Record<string, ConflictChoice>>) => {
    decide(false)
    if (key === undefined) return
    const started = (ids: readonly TransferId[]) => {
      say(t('objects:upload.started', { count: plan.files, n: q.count(plan.files) }))
      setPanes({ panelOpen: true })
      const names = plan.items
        .filter(({ name }) => name !== '')
        .map(({ name, kind }) => `${plan.prefix}${name}${kind === 'folder' ? '/' : ''}`)
      expectKeys(plan, names)
      const { profileId, bucket, prefix } = plan
      awaitTransfers(ids, known, (ended) =>
        sayUploaded(t, q, { profileId, bucket, prefix }, names, ended),
      )
      onClose()
    }
    // The plan, and this sheet with it, may be gone before the answer arrives. The sheet shows a
    // failure.
    start
      .mutateAsync({
        planId: plan.id,
        keyId: key.id,
        existing,
        decisions: { ...decisions },
        allowWeak: weak,
        partSize: null,
        parallel: null,
        toKey: null,
        format: null,
      })
      .then(started, () => undefined)
  }
  const moveTo = async (prefix: string) => {
    try {
      const planId = await planUpload(
        client,
        { profileId: plan.profileId, bucket: plan.bucket, prefix },
        grants,
      )
      forget.mutate(plan.id)
      ask({ kind: 'upload', planId, grants })
    } catch (cause) {
      notify({ about: null, error: errorOf(cause), text: null })
    }
  }
  const counted = { count: plan.files, n: q.count(plan.files) }
  const footer = (
    <>
      <span className="hint grow">{t('objects:sheet.foot')}</span>
      <Button onClick={cancel}>{t('common:act.cancel')}</Button>
      <Button
        kind="primary"
        disabled={!ready}
        busy={start.isPending}
        onClick={() => (existing === 'ask' && plan.conflicts.length > 0 ? decide(true) : send({}))}
      >
        {start.isPending
          ? t('objects:sheet.doing')
          : early
            ? t('objects:sheet.doSoFar', counted)
            : t('objects:sheet.do')}
      </Button>
    </>
  )
  return (
    <Dialog
      width={646}
      footer={footer}
      onClose={cancel}
      title={t(counting ? 'objects:sheet.counting' : 'objects:sheet.title', counted)}
      subtitle={t('objects:sheet.from', { count: plan.items.length, bytes: q.bytes(plan.bytes) })}
    >
      {plan.error !== null && (
        <Note
          kind="bad"
          icon="alert"
          actions={<CopyDetails error={plan.error} endpoint={profile?.endpoint} />}
        >
          {errorSentence(plan.error, language)}
        </Note>
      )}
      <div className="form">
        <SheetItems plan={plan} />
        <SheetWhere plan={plan} onMove={(prefix) => void moveTo(prefix)} />
        <SheetKey
          keys={keys}
          profile={profile}
          bucket={plan.bucket}
          chosen={key}
          onChoose={(id) => {
            choose(id)
            allowWeak(false)
          }}
          weak={weak}
          onWeak={allowWeak}
        />
        <SheetExisting plan={plan} value={existing} onChange={setExisting} tooMany={tooMany} />
      </div>
      {both !== undefined && (
        <Note kind="bad" icon="alert">
          {rich(
            'objects:sheet.shared',
            {},
            {
              first: shownName(both.first),
              second: shownName(both.second),
              key: shownName(both.key),
            },
          )}
        </Note>
      )}
      {empty && <Message message={{ kind: 'warn', text: t('objects:sheet.nothing') }} />}
      {problem !== null && <Message message={problem} alert />}
      {deciding && (
        <ConflictDialog conflicts={plan.conflicts} onDone={send} onClose={() => decide(false)} />
      )}
    </Dialog>
  )
}

/** True once the sheet has been shown for this time. */
function useAfter(ms: number): boolean {
  const [over, set] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => set(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return over
}
