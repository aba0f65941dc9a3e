import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Leftover } from '../../../shared/contract/models-transfers.ts'
import { leftoversQuery } from '../../queries/leftovers.ts'
import { useProfiles } from '../../queries/profiles.ts'
import { errorOf } from '../../text/error-of.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ask as askInWindow } from '../../state/work.ts'
import { ErrorPane } from '../../ui/error-pane.tsx'
import { Note } from '../../ui/note.tsx'
import { TransfersBar } from '../transfers/transfers-bar.tsx'
import { AbortDialog } from './abort-dialog.tsx'
import { heldBy, oldOnes, OLD_DAYS } from './leftover-facts.ts'
import { LeftoverList, LeftoverSkeleton } from './leftover-list.tsx'
import { PlacePicker, useBucketPlace } from './place-picker.tsx'
import { ResumeDialog } from './resume-dialog.tsx'
import './leftovers.css'

type Asked =
  | { readonly kind: 'resume'; readonly leftover: Leftover }
  | { readonly kind: 'abort'; readonly leftovers: readonly Leftover[]; readonly spared: number }

/**
 * Uploads in parts that somebody began in a bucket and nobody finished: to be continued, or
 * dropped.
 */
export function LeftoversPane() {
  const t = useText()
  const q = useQuantities()
  const { place, choose } = useBucketPlace()
  const profiles = useProfiles().data
  const list = useQuery(leftoversQuery(place))
  const [asked, ask] = useState<Asked | null>(null)
  const all = list.data ?? []
  const { old, spared } = oldOnes(all, Date.now())
  const { bytes, unknown } = heldBy(all)
  return (
    <div className="mid-pane">
      <TransfersBar>
        {old.length > 0 && (
          <Button onClick={() => ask({ kind: 'abort', leftovers: old, spared })}>
            {t('leftovers:abortOld', { days: OLD_DAYS })}
          </Button>
        )}
        <IconButton
          icon="refresh"
          label={t('objects:refresh')}
          aria-disabled={list.isFetching}
          onClick={() => void list.refetch()}
        />
      </TransfersBar>
      <PlacePicker place={place} onChoose={choose} />
      {place === null ? (
        <Empty icon="bucket" title={t('leftovers:noBucket.title')}>
          {t('leftovers:noBucket.text')}
        </Empty>
      ) : list.isError && list.data === undefined ? (
        <ErrorPane
          error={errorOf(list.error)}
          at={new Date(list.errorUpdatedAt)}
          busy={list.isFetching}
          onRetry={() => void list.refetch()}
          profile={profiles?.find(({ id }) => id === place.profileId)}
          onEditProfile={(profileId) => askInWindow({ kind: 'profile', profileId })}
        />
      ) : list.data === undefined ? (
        <LeftoverSkeleton />
      ) : all.length === 0 ? (
        <Empty icon="done" title={t('leftovers:empty.title')}>
          {t('leftovers:empty.text')}
        </Empty>
      ) : (
        <>
          <Note icon="info" bar>
            {t('leftovers:note')}
          </Note>
          <LeftoverList
            leftovers={all}
            onResume={(leftover) => ask({ kind: 'resume', leftover })}
            onAbort={(leftover) => ask({ kind: 'abort', leftovers: [leftover], spared: 0 })}
          />
          <div className="gfoot">
            <span>
              {t('leftovers:foot', {
                count: all.length,
                n: q.count(all.length),
                bytes: q.bytes(bytes),
              })}
            </span>
            {unknown > 0 && (
              <span>{t('leftovers:footUnknown', { count: unknown, n: q.count(unknown) })}</span>
            )}
          </div>
        </>
      )}
      {place !== null && asked?.kind === 'resume' && (
        <ResumeDialog place={place} leftover={asked.leftover} onClose={() => ask(null)} />
      )}
      {place !== null && asked?.kind === 'abort' && (
        <AbortDialog
          place={place}
          leftovers={asked.leftovers}
          spared={asked.spared}
          onClose={() => ask(null)}
        />
      )}
    </div>
  )
}
