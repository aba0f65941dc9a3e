import { useEffect } from 'react'
import { useKeys } from '../../../queries/keys.ts'
import { useProfiles } from '../../../queries/profiles.ts'
import { useRecordSettings, useSettings } from '../../../queries/settings.ts'

export type GuideStep = 1 | 2 | 3
export const STEPS: readonly GuideStep[] = [1, 2, 3]

/** The facts that the guide reads from the practice bucket. */
export interface GuideFacts {
  /** A file there is not one of the samples. */
  readonly ownFile: boolean
  /** The details of a file are shown. */
  readonly looked: boolean
}

/**
 * Returns the steps that are done: a file of the user, its details, a profile with a master key of
 * the user. A step that was done once stays done, over reloads and deletions. After the last step
 * the guide disappears.
 */
export function useGuideSteps({ ownFile, looked }: GuideFacts): ReadonlySet<GuideStep> {
  const settings = useSettings().data
  const { mutate } = useRecordSettings()
  const profile = (useProfiles().data ?? []).some((one) => one.kind === 'stored')
  const key = (useKeys().data ?? []).some(
    (one) => one.origin === 'generated' || one.origin === 'imported',
  )
  const known = settings?.guideSteps ?? []
  const facts: Readonly<Record<GuideStep, boolean>> = { 1: ownFile, 2: looked, 3: profile && key }
  const done = STEPS.filter((step) => known.includes(step) || facts[step])
  const isNew = settings !== undefined && done.length > known.length
  const whole = done.length === STEPS.length
  useEffect(() => {
    if (isNew) mutate({ guideSteps: done, ...(whole && { showGuide: false }) })
  }, [isNew, done.join(), whole])
  return new Set(done)
}
