import { useEffect, useId, useRef } from 'react'
import { useText } from '../../../text/use-text.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { rowFaults, withRow, type HeaderForm, type MetaRow } from './header-form.ts'

export interface HeaderRowsProps {
  readonly before: HeaderForm
  readonly form: HeaderForm
  readonly onChange: (form: HeaderForm) => void
}

/** Rows of user metadata: a name and a value each. Rows can be added and removed. */
export function HeaderRows({ before, form, onChange }: HeaderRowsProps) {
  const t = useText()
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const moveTo = useRef<number | 'add' | null>(null)
  const faults = rowFaults(before, form.rows)
  const put = (id: number, fields: Partial<MetaRow>) =>
    onChange({
      ...form,
      rows: form.rows.map((row) => (row.id === id ? { ...row, ...fields } : row)),
    })
  // The focus goes to an added row, and after a removal to the row in its place.
  useEffect(() => {
    const to = moveTo.current
    moveTo.current = null
    if (to !== null)
      (
        box.current
          ?.querySelectorAll<HTMLElement>('.meta-row')
          [to === 'add' ? form.rows.length - 1 : to]?.querySelector('input') ??
        box.current?.querySelector<HTMLElement>('.btn')
      )?.focus()
  }, [form.rows.length])
  const add = () => {
    moveTo.current = 'add'
    onChange(withRow(form))
  }
  const remove = (row: MetaRow, i: number) => {
    moveTo.current = i
    onChange({ ...form, rows: form.rows.filter((one) => one !== row) })
  }
  return (
    <div className="stack" role="group" aria-labelledby={id} ref={box}>
      <span className="label" id={id}>
        {t('objects:headers.own')}
      </span>
      {form.rows.length === 0 && <p className="hint">{t('objects:d.none')}</p>}
      {form.rows.map((row, i) => {
        const { name, value } = faults[i] ?? { name: null, value: null }
        const bad = name ?? value
        // An empty field is no mistake before something was typed.
        const kind = bad?.endsWith('.empty') === true ? 'warn' : 'bad'
        const err = (fault: string | null) =>
          fault === null || fault.endsWith('.empty') ? '' : ' err'
        const described = bad === null ? {} : { 'aria-describedby': `${id}${row.id}` }
        return (
          <div className="stack g4" key={row.id}>
            <div className="meta-row">
              <span className="mono faint" aria-hidden="true">
                x-oss-meta-
              </span>
              <input
                className={`input mono${err(name)}`}
                aria-label={t('objects:headers.name', { n: i + 1 })}
                {...(name !== null && { 'aria-invalid': true as const, ...described })}
                autoComplete="off"
                spellCheck={false}
                placeholder="author"
                value={row.name}
                onChange={(event) => put(row.id, { name: event.target.value })}
              />
              <input
                className={`input mono${err(value)}`}
                aria-label={t('objects:headers.value', { n: i + 1 })}
                {...(value !== null && { 'aria-invalid': true as const, ...described })}
                autoComplete="off"
                spellCheck={false}
                value={row.value}
                onChange={(event) => put(row.id, { value: event.target.value })}
              />
              <IconButton
                icon="x"
                label={t('objects:headers.remove', { n: i + 1 })}
                onClick={() => remove(row, i)}
              />
            </div>
            {bad !== null && (
              <Message
                id={`${id}${row.id}`}
                message={{ kind, text: t(`objects:headers.${bad}`) }}
              />
            )}
          </div>
        )
      })}
      <div>
        <Button size="sm" icon="plus" onClick={add}>
          {t('objects:headers.add')}
        </Button>
      </div>
    </div>
  )
}
