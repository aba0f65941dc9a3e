import type { ReactNode } from 'react'
import type { Place } from '../../queries/objects.ts'
import { useUpdateSettings } from '../../queries/settings.ts'
import { ask, step, useWork } from '../../state/work.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useUploads } from './uploads.ts'

/** What this is in two sentences, and three steps to take. It is hidden for good, and comes back from Settings or Help. */
export function Guide({ place, onShowDetails }: { readonly place: Place; readonly onShowDetails: () => void }) {
  const t = useText()
  const update = useUpdateSettings()
  const uploads = useUploads()
  const steps = useWork((work) => work.steps)
  const now = ([1, 2, 3] as const).find((n) => !steps.has(n))
  return (
    <section className="hello" aria-labelledby="hello">
      <div className="flex top">
        <h2 id="hello" className="grow">{t('objects:guide.title')}</h2>
        <Button kind="quiet" onClick={() => update.mutate({ showGuide: false })}>{t('objects:guide.hide')}</Button>
      </div>
      <p className="lede">{t('objects:guide.lede')}</p>
      <ol className="steps">
        <Step n={1} now={now} title={t('objects:guide.step1')} text={t('objects:guide.step1Text')}>
          <Button {...(now === 1 && { kind: 'primary' as const })} onClick={() => void uploads.pickFiles(place)}>{t('objects:chooseFiles')}</Button>
        </Step>
        <Step n={2} now={now} title={t('objects:guide.step2')} text={t('objects:guide.step2Text')}>
          <Button {...(now === 2 && { kind: 'primary' as const })} onClick={onShowDetails}>{t('objects:showDetails')}</Button>
        </Step>
        <Step n={3} now={now} title={t('objects:guide.step3')} text={t('objects:guide.step3Text')}>
          <Button {...(now === 3 && { kind: 'primary' as const })} onClick={() => { step(3); ask({ kind: 'profile', profileId: null }) }}>{t('common:nav.addProfile')}…</Button>
        </Step>
      </ol>
    </section>
  )
}

function Step({ n, now, title, text, children }: { readonly n: 1 | 2 | 3; readonly now: number | undefined; readonly title: string; readonly text: string; readonly children: ReactNode }) {
  const t = useText()
  const done = useWork((work) => work.steps.has(n))
  return (
    <li className={done ? 'done' : now === n ? 'now' : ''} {...(now === n && { 'aria-current': 'step' as const })}>
      <span className="n">{n}{done && <><Icon name="check" size="xs" /><span className="sr">{t('objects:guide.done')}</span></>}</span>
      <h3>{title}</h3>
      <p>{text}</p>
      {children}
    </li>
  )
}
