import { useState, type ReactNode } from 'react'
import type { Place } from '../../../queries/objects.ts'
import { useUpdateSettings } from '../../../queries/settings.ts'
import { ask } from '../../../state/work.ts'
import { useLanguage, useText } from '../../../text/use-text.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'
import { STEPS, useGuideSteps, type GuideFacts, type GuideStep } from './guide-steps.ts'
import { useUploads } from '../upload/uploads.ts'

/**
 * Two sentences about the app and three steps, in one line after the first step. Help shows it
 * again.
 */
export function Guide({
  place,
  seen,
  onShowDetails,
}: {
  readonly place: Place
  readonly seen: GuideFacts
  readonly onShowDetails: () => void
}) {
  const t = useText()
  const { mutate: update } = useUpdateSettings()
  const language = useLanguage()
  const uploads = useUploads()
  const done = useGuideSteps(seen)
  const [unfolded, unfold] = useState(false)
  const now = STEPS.find((step) => !done.has(step))
  const acts: Readonly<Record<GuideStep, { readonly label: string; readonly act: () => void }>> = {
    1: { label: t('objects:chooseFiles'), act: () => void uploads.pickFiles(place) },
    2: { label: t('objects:guide.look'), act: onShowDetails },
    3: {
      label: `${t('common:nav.addProfile')}…`,
      act: () => ask({ kind: 'profile', profileId: null }),
    },
  }
  const button = (step: GuideStep) => (
    <Button {...(now === step && { kind: 'primary' as const })} onClick={acts[step].act}>
      {acts[step].label}
    </Button>
  )
  if (done.has(1) && now !== undefined && !unfolded) {
    return (
      <section className="hello line" aria-label={t('objects:guide.title')}>
        <ol className="grow">
          {STEPS.map((step) => (
            <Title key={step} step={step} done={done} now={now} />
          ))}
        </ol>
        {button(now)}
        <IconButton
          icon="chevron"
          small
          label={t('objects:guide.open')}
          onClick={() => unfold(true)}
        />
        <IconButton
          icon="x"
          small
          label={t('objects:guide.hide')}
          onClick={() => update({ showGuide: false })}
        />
      </section>
    )
  }
  return (
    <section className="hello" aria-labelledby="hello">
      <div className="flex top">
        <h2 id="hello" className="grow">
          {t('objects:guide.title')}
        </h2>
        {/* Each language by its own name, for a reader who does not read this one. */}
        <Segmented
          label={t('objects:guide.language')}
          value={language}
          onChange={(chosen) => update({ language: chosen })}
          options={[
            { value: 'en', label: <span lang="en">English</span> },
            { value: 'zh-CN', label: <span lang="zh-CN">中文</span> },
          ]}
        />
        <Button kind="quiet" onClick={() => update({ showGuide: false })}>
          {t('objects:guide.hide')}
        </Button>
      </div>
      <p className="lede">{t('objects:guide.lede')}</p>
      <ol className="steps">
        {STEPS.map((step) => (
          <li
            key={step}
            className={done.has(step) ? 'done' : now === step ? 'now' : ''}
            {...(now === step && { 'aria-current': 'step' as const })}
          >
            <span className="n">
              {step}
              {done.has(step) && <Check />}
            </span>
            <h3>{t(`objects:guide.step${step}`)}</h3>
            <p>{t(`objects:guide.step${step}Text`)}</p>
            {button(step)}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Title({
  step,
  done,
  now,
}: {
  readonly step: GuideStep
  readonly done: ReadonlySet<GuideStep>
  readonly now: GuideStep
}): ReactNode {
  const t = useText()
  return (
    <li
      className={now === step ? 'now' : ''}
      {...(now === step && { 'aria-current': 'step' as const })}
    >
      {done.has(step) ? <Check /> : <span>{step}</span>} {t(`objects:guide.step${step}`)}
    </li>
  )
}

function Check() {
  const t = useText()
  return (
    <>
      <Icon name="check" size="xs" />
      <span className="sr">{t('objects:guide.done')}</span>
    </>
  )
}
