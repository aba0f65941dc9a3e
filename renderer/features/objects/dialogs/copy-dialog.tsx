import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Profile } from '../../../../shared/contract/models.ts'
import type { Chosen } from '../../../queries/chosen.ts'
import type { Place } from '../../../queries/objects.ts'
import { bucketsQuery } from '../../../queries/profiles.ts'
import { lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Field, Message } from '../../../ui/controls/field.tsx'
import { Note } from '../../../ui/note.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { targetProblem, useCopies, wayWords } from '../copies.ts'
import { folderText } from '../list/rows.ts'
import { FolderField, folderIn, folderProblem } from './folder-field.tsx'

export interface CopyDialogProps {
  readonly chosen: Chosen
  readonly move: boolean
  readonly profiles: readonly Profile[]
  readonly onClose: () => void
}

const RULES = ['skip', 'rename', 'replace'] as const

/**
 * Chooses where objects and folders go: profile, bucket and folder. A sentence says what the choice
 * means.
 */
export function CopyDialog({ chosen, move, profiles, onClose }: CopyDialogProps) {
  const { place, parts, isMore } = chosen
  const t = useText()
  const q = useQuantities()
  const [profileId, setProfileId] = useState(place.profileId)
  const [picked, setBucket] = useState<string | null>(place.bucket)
  const [text, setText] = useState(place.prefix)
  const [known, setKnown] = useState(place.prefix)
  const [existing, setExisting] = useState<(typeof RULES)[number]>('skip')
  const buckets = useQuery(bucketsQuery(profileId))
  const copies = useCopies(onClose)
  const names =
    buckets.data?.map(({ name }) => name) ?? (profileId === place.profileId ? [place.bucket] : [])
  const bucket = picked ?? names[0] ?? ''
  const to: Place = { profileId, bucket, prefix: folderIn(text) }
  const wrong = targetProblem(chosen, to)
  const failed = useProblem(buckets.error)
  const problem = useProblem(copies.error)
  const goTo = (profile: string, name: string | null) => {
    setProfileId(profile)
    setBucket(name)
    setText('')
    setKnown('')
  }
  const confirm = () =>
    copies.begin(
      chosen,
      {
        to: { profileId, bucket },
        toPrefix: to.prefix,
        toKey: null,
        move,
        existing,
      },
      true,
    )
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button
        kind="primary"
        busy={copies.isPending}
        disabled={bucket === '' || wrong !== null || folderProblem(text, known) !== null}
        onClick={confirm}
      >
        {t(
          copies.isPending
            ? 'objects:copy.doing'
            : move
              ? 'objects:copy.doMove'
              : 'objects:copy.doCopy',
        )}
      </Button>
    </>
  )
  const title =
    isMore === 'folder'
      ? t(move ? 'objects:copy.moveAll' : 'objects:copy.copyAll', {
          place: shownName(folderText(place.bucket, place.prefix)),
        })
      : isMore === null && chosen.count === 1
        ? t(move ? 'objects:copy.moveOne' : 'objects:copy.copyOne', {
            name: shownName(lastOf(parts[0]?.selection.keys[0] ?? '')),
          })
        : t(move ? 'objects:copy.moveMany' : 'objects:copy.copyMany', { n: q.count(chosen.count) })
  return (
    <Dialog title={title} width={560} footer={footer} onClose={onClose}>
      <div className="form">
        <Field label={t('objects:copy.profile')}>
          {(_control, labelId) => (
            <Select
              labelledBy={labelId}
              value={profileId}
              onChange={(id) => goTo(id, null)}
              options={profiles.map((profile) => ({
                value: profile.id,
                text: profile.name,
                label: (
                  <span className="flex4">
                    <span className={`dot ${profile.colour}`} />
                    <span className="cut">{shownName(profile.name)}</span>
                  </span>
                ),
              }))}
            />
          )}
        </Field>
        <Field label={t('objects:copy.bucket')} message={failed}>
          {(_control, labelId) => (
            <Select
              labelledBy={labelId}
              icon="bucket"
              value={bucket}
              onChange={(next) => goTo(profileId, next)}
              disabled={names.length === 0}
              options={names.map((one) => ({ value: one, label: one }))}
              {...(names.length === 0 && {
                shown: t(
                  buckets.isPending ? 'objects:copy.bucketLoading' : 'objects:copy.bucketNone',
                ),
              })}
            />
          )}
        </Field>
        <FolderField
          profileId={profileId}
          bucket={bucket}
          text={text}
          known={known}
          onChange={(next, picked) => {
            setText(next)
            if (picked) setKnown(next)
          }}
          wrong={wrong === null || wrong === 'objects:copy.same' ? null : t(wrong)}
          hint={wrong === 'objects:copy.same' ? t(wrong) : null}
        />
        <Field label={t('objects:sheet.existing')} hint={t(`objects:copy.rule.${existing}`)}>
          {(_control, labelId) => (
            <Segmented
              labelledBy={labelId}
              value={existing}
              onChange={setExisting}
              options={RULES.map((rule) => ({ value: rule, label: t(`objects:existing.${rule}`) }))}
            />
          )}
        </Field>
      </div>
      <Note icon="info">
        {t(wayWords(place, to, buckets.data))}
        {move && (
          <>
            {t('common:space')}
            {t('objects:copy.proof')}
          </>
        )}
      </Note>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
