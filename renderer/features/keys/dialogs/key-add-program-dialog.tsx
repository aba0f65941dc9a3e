import { useState } from 'react'
import type { Grant } from '../../../../shared/contract/models-transfers.ts'
import { hostFiles } from '../../../queries/core.ts'
import { useAddProgram } from '../../../queries/keys.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Note } from '../../../ui/note.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import {
  DescriptionFields,
  useDescription,
  type Description,
} from '../fields/description-field.tsx'
import { KeyTrialDialog } from './key-trial-dialog.tsx'
import { NameField, useFreeName } from '../fields/name-field.tsx'
import { argsOf, isWrapName, TIME_LIMITS } from '../fields/program-form.ts'

/**
 * Adds a program of the user's own as a master key. docs/master-key-program.md has its protocol.
 */
export function KeyAddProgramDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const rich = useRich()
  const [program, setProgram] = useState<Grant | null>(null)
  const [args, setArgs] = useState('')
  const [wrapAlgorithm, setWrap] = useState('')
  const [seconds, setSeconds] = useState<(typeof TIME_LIMITS)[number]>('30')
  const [name, setName] = useState('')
  const [description, setDescription] = useState<Description>({ text: '', style: 'compact' })
  const checked = useDescription(description, null, name !== '' || description.text !== '')
  const named = useFreeName(name, null)
  const add = useAddProgram()
  const choose = async () => {
    const [grant] = (await hostFiles().pickFiles()) ?? []
    if (grant !== undefined) setProgram(grant)
  }
  const save = () => {
    if (program === null) return
    add.mutate(
      {
        program: program.id,
        args: argsOf(args),
        wrapAlgorithm: wrapAlgorithm.trim(),
        timeoutSeconds: Number(seconds),
        name: name.trim(),
        description: description.text,
        style: description.style,
      },
      { onSuccess: onClose },
    )
  }
  const fit = program !== null && isWrapName(wrapAlgorithm) && named.fit && checked.fit
  return (
    <KeyTrialDialog
      title={t('remote:program.title')}
      subtitle={t('remote:program.sub')}
      action={t('remote:add')}
      trial={add}
      fit={fit}
      onSave={save}
      onClose={onClose}
    >
      <Note kind="warn" icon="alert">
        {rich('remote:program.warn', {})}
      </Note>
      <div className="form">
        <Field label={t('remote:fact.program')} hint={t('remote:program.readme')}>
          {(control, labelId) => (
            <button
              type="button"
              className="pick"
              id={control.id}
              autoFocus
              aria-labelledby={`${labelId} ${control.id}v`}
              aria-describedby={control['aria-describedby']}
              onClick={() => void choose()}
            >
              <Icon name="program" size="s" />
              <span className="grow cut" id={`${control.id}v`}>
                {program === null ? (
                  <span className="faint">{t('remote:program.choose')}</span>
                ) : (
                  shownName(program.name)
                )}
              </span>
              {program !== null && (
                <span className="faint small">{t('remote:program.change')}</span>
              )}
            </button>
          )}
        </Field>
        <Field label={t('remote:fact.args')} hint={t('remote:program.args.hint')}>
          {(control) => (
            <textarea
              {...control}
              className="input mono"
              rows={2}
              spellCheck={false}
              autoComplete="off"
              value={args}
              onChange={(e) => setArgs(e.target.value)}
            />
          )}
        </Field>
        <Field
          label={t('remote:fact.wrap')}
          hint={t('remote:program.wrap.hint')}
          message={
            wrapAlgorithm.trim() === '' || isWrapName(wrapAlgorithm)
              ? null
              : { kind: 'bad', text: t('remote:program.wrap.bad') }
          }
        >
          {(control) => (
            <input
              {...control}
              className="input mono"
              maxLength={64}
              autoComplete="off"
              spellCheck={false}
              placeholder="Studio/HSM"
              value={wrapAlgorithm}
              onChange={(e) => setWrap(e.target.value)}
            />
          )}
        </Field>
        <Field label={t('remote:fact.timeout')}>
          {(_, labelId) => (
            <Select
              auto
              labelledBy={labelId}
              value={seconds}
              onChange={setSeconds}
              options={TIME_LIMITS.map((value) => ({
                value,
                label: t('remote:seconds', { count: Number(value) }),
              }))}
            />
          )}
        </Field>
        <NameField value={name} onChange={setName} taken={named.taken} />
        <DescriptionFields value={description} onChange={setDescription} checked={checked} />
      </div>
    </KeyTrialDialog>
  )
}
