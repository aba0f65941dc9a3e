import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { BucketPlace } from '../../queries/leftovers.ts'
import { bucketsQuery, useProfiles } from '../../queries/profiles.ts'
import { useSettings } from '../../queries/settings.ts'
import { useUi } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Select } from '../../ui/controls/select.tsx'

const NONE: readonly never[] = []

/** The profiles of the choice, and the buckets of one. */
function useChoices(profileId: string | undefined) {
  const all = useProfiles().data ?? NONE
  const showPractice = useSettings().data?.showPractice !== false
  const buckets =
    useQuery({ ...bucketsQuery(profileId ?? ''), enabled: profileId !== undefined }).data ?? NONE
  return { profiles: all.filter(({ kind }) => showPractice || kind !== 'practice'), buckets }
}

/** The bucket of the list: the chosen one, else that of the objects page, else the first one. */
export function useBucketPlace(): {
  readonly place: BucketPlace | null
  readonly choose: (profileId: string, bucket: string | null) => void
} {
  const here = useUi(({ place }) => place)
  const [chosen, choose] = useState<{
    readonly profileId: string
    readonly bucket: string | null
  } | null>(null)
  const first = useProfiles().data?.[0]?.id
  const profileId = chosen?.profileId ?? here?.profileId ?? first
  const { buckets } = useChoices(profileId)
  const bucket =
    chosen?.bucket ??
    (here !== null && here.profileId === profileId ? here.bucket : buckets[0]?.name)
  return {
    place: profileId === undefined || bucket === undefined ? null : { profileId, bucket },
    choose: (id, name) => choose({ profileId: id, bucket: name }),
  }
}

/** Chooses a profile and one of its buckets. A choice of one is shown as text. */
export function PlacePicker({
  place,
  onChoose,
}: {
  readonly place: BucketPlace | null
  readonly onChoose: (profileId: string, bucket: string | null) => void
}) {
  const t = useText()
  const { profiles, buckets } = useChoices(place?.profileId)
  if (place === null) return null
  const { profileId, bucket } = place
  const names = buckets.some(({ name }) => name === bucket)
    ? buckets.map(({ name }) => name)
    : [bucket, ...buckets.map(({ name }) => name)]
  return (
    <div className="sub">
      <Select
        auto
        icon="globe"
        label={t('leftovers:profile')}
        value={profileId}
        onChange={(id) => onChoose(id, null)}
        options={profiles.map(({ id, name }) => ({ value: id, label: shownName(name) }))}
      />
      <Select
        auto
        icon="bucket"
        label={t('leftovers:bucket')}
        value={bucket}
        onChange={(name) => onChoose(profileId, name)}
        options={names.map((name) => ({ value: name, label: shownName(name) }))}
      />
    </div>
  )
}
