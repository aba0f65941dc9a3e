import { useState } from 'react'
import type { Grant } from '../../../shared/contract/models-transfers.ts'
import { hostFiles } from '../../queries/core.ts'
import { useAddProgram, useKeys } from '../../queries/keys.ts'
import { shownName } from '../../text/shown-name.ts'
import { useRich, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Message } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { useProblem } from '../../ui/use-sentence.ts'
import { DescriptionFields, useDescription, type Description } from './description-field.tsx'

const isSeconds = (text: string): boolean => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 300

/** A master key behind a program of the user's own; README says what it is given and must answer. */
export function KeyAddProgramDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const rich = useRich()
  const keys = useKeys().data ?? []
  const [program, setProgram] = useState<Grant | null>(null)
  const [args, setArgs] = useState('')
  const [wrapAlgorithm, setWrap] = useState('')
  const [timeout, setTimeout] = useState('30')
  const [name, setName] = useState('')
  const [description, setDescription] = useState<Description>({ text: '', style: 'compact' })
  const checked = useDescription(description, null)
  const add = useAddProgram()
  const problem = useProblem(add.error)
  const taken = keys.some((key) => key.name === name.trim())
  const fit = program !== null && wrapAlgorithm.trim() !== '' && isSeconds(timeout) && name.trim() !== '' && !taken && checked.fit
  const choose = async () => {
    const [grant] = (await hostFiles().pickFiles()) ?? []
    if (grant !== undefined) setProgram(grant)
  }
  const save = () => {
    if (program === null) return
    const lines = args.split('\n').filter((line) => line !== '')
    add.mutate({ program: program.id, args: lines, wrapAlgorithm: wrapAlgorithm.trim(), timeoutSeconds: Number(timeout), name: name.trim(), description: description.text, style: description.style }, { onSuccess: onClose })
  }
  return (
    <Dialog
      title={t('remote:program.title')} subtitle={t('remote:program.sub')} width={600} onClose={() => { if (!add.isPending) onClose() }}
      footer={<>
        <span className="hint grow">{t('remote:program.foot')}</span>
        <Button disabled={add.isPending} onClick={onClose}>{t('keys:act.cancel')}</Button>
        <Button kind="primary" disabled={!fit} busy={add.isPending} onClick={save}>{t(add.isPending ? 'remote:program.busy' : 'remote:program.do')}</Button>
      </>}
    >
      <Note kind="warn" icon="alert">{rich('remote:program.warn', {})}</Note>
      <div className="form">
        <span className="label" id="program-file">{t('remote:program.file')}</span>
        <div className="flex">
          <span className={program === null ? 'faint grow lh cut' : 'grow lh cut mono'}>{program === null ? t('remote:program.none') : shownName(program.name)}</span>
          <Button autoFocus aria-describedby="program-file" onClick={() => void choose()}>{t('remote:program.choose')}</Button>
        </div>
        <Field label={t('remote:program.args')} hint={t('remote:program.args.hint')}>
          {(control) => <textarea {...control} className="input mono" rows={2} spellCheck={false} autoComplete="off" value={args} onChange={(e) => setArgs(e.target.value)} />}
        </Field>
        <Field label={t('remote:program.wrap')} hint={t('remote:program.wrap.hint')}>
          {(control) => <input {...control} className="input mono" maxLength={64} autoComplete="off" spellCheck={false} placeholder="Studio/HSM" value={wrapAlgorithm} onChange={(e) => setWrap(e.target.value)} />}
        </Field>
        <Field label={t('remote:program.timeout')} message={isSeconds(timeout) ? null : { kind: 'bad', text: t('remote:program.timeout.bad') }}>
          {(control) => <div className="flex"><input {...control} className="input short" inputMode="numeric" maxLength={3} value={timeout} onChange={(e) => setTimeout(e.target.value)} /><span className="muted lh">{t('remote:program.timeout.unit')}</span></div>}
        </Field>
        <Field label={t('keys:gen.name')} message={taken ? { kind: 'bad', text: t('keys:name.taken', { name: name.trim() }) } : null}>
          {(control) => <input {...control} className="input" maxLength={80} autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} />}
        </Field>
        <DescriptionFields value={description} onChange={setDescription} checked={checked} />
      </div>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
