// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, describe, expect, test } from 'vitest'
import { leaveToInputMethod } from '../../renderer/shell/platform.ts'
import { Button } from '../../renderer/ui/controls/button.tsx'
import { Dialog } from '../../renderer/ui/controls/dialog.tsx'
import { Field } from '../../renderer/ui/controls/field.tsx'
import { Segmented } from '../../renderer/ui/controls/segmented.tsx'
import { Select } from '../../renderer/ui/controls/select.tsx'

afterEach(cleanup)
leaveToInputMethod(window)

function Opener({
  kind = 'primary',
  onConfirm,
}: {
  readonly kind?: 'primary' | 'danger'
  readonly onConfirm: () => void
}) {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {open && (
        <Dialog
          title="Title"
          subtitle="Subtitle"
          onClose={close}
          footer={
            <>
              <Button onClick={close}>Cancel</Button>
              <Button kind={kind} onClick={onConfirm}>
                Confirm
              </Button>
            </>
          }
        >
          <input aria-label="One line" />
          <textarea aria-label="Many lines" />
        </Dialog>
      )}
    </>
  )
}

describe('dialog', () => {
  const open = (kind: 'primary' | 'danger' = 'primary') => {
    let confirmed = 0
    render(<Opener kind={kind} onConfirm={() => confirmed++} />)
    const opener = screen.getByRole('button', { name: 'Open' })
    opener.focus()
    fireEvent.click(opener)
    return { opener, confirmed: () => confirmed }
  }

  test('it is named and described, takes the focus, and gives it back to what opened it', async () => {
    const { opener } = open()
    const dialog = screen.getByRole('dialog', { name: 'Title' })
    expect(
      document.getElementById(dialog.getAttribute('aria-describedby') ?? '')?.textContent,
    ).toBe('Subtitle')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('One line')))
    fireEvent.keyDown(dialog, { key: 'Escape' })
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await waitFor(() => expect(document.activeElement).toBe(opener))
  })

  test.each([
    ['primary', 'One line', { key: 'Enter' }, 1],
    ['primary', 'Many lines', { key: 'Enter' }, 0],
    ['primary', 'Many lines', { key: 'Enter', ctrlKey: true }, 1],
    ['primary', 'Many lines', { key: 'Enter', metaKey: true }, 1],
    ['danger', 'One line', { key: 'Enter' }, 0],
    ['danger', 'One line', { key: 'Enter', ctrlKey: true }, 1],
    ['primary', 'One line', { key: 'Enter', isComposing: true }, 0],
    ['danger', 'One line', { key: 'Enter', ctrlKey: true, repeat: true }, 0],
  ] as const)('%s button, %s, %j: confirms %i times', (kind, field, key, times) => {
    const { confirmed } = open(kind)
    fireEvent.keyDown(screen.getByLabelText(field), key)
    expect(confirmed()).toBe(times)
  })

  test('no style element comes with it: the page’s policy would refuse it', () => {
    const before = document.querySelectorAll('style').length
    open()
    expect(document.querySelectorAll('style').length).toBe(before)
  })
})

test('a busy button keeps the focus and takes no clicks', () => {
  let clicks = 0
  const { rerender } = render(<Button onClick={() => clicks++}>Go</Button>)
  const button = screen.getByRole('button')
  button.focus()
  rerender(
    <Button busy onClick={() => clicks++}>
      Going…
    </Button>,
  )
  fireEvent.click(button)
  expect([
    clicks,
    document.activeElement === button,
    button.getAttribute('aria-disabled'),
    button.hasAttribute('disabled'),
  ]).toEqual([0, true, 'true', false])
})

test('a field ties label, hint and message to its control', () => {
  render(
    <Field label="Name" hint="A hint." message={{ kind: 'bad', text: 'Taken.' }}>
      {(control) => <input {...control} />}
    </Field>,
  )
  const input = screen.getByLabelText('Name')
  const described = (input.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
  expect([described, input.getAttribute('aria-invalid')]).toEqual([['Taken.', 'A hint.'], 'true'])
})

test('segments are one tab stop, and arrows choose', async () => {
  function Choice() {
    const [value, setValue] = useState<'a' | 'b'>('a')
    return (
      <Segmented
        label="Choice"
        options={[
          { value: 'a', label: 'A' },
          { value: 'b', label: 'B' },
        ]}
        value={value}
        onChange={setValue}
      />
    )
  }
  render(<Choice />)
  screen.getByRole('radio', { name: 'A' }).focus()
  fireEvent.keyDown(screen.getByRole('radio', { name: 'A' }), { key: 'ArrowRight' })
  await waitFor(() =>
    expect(screen.getByRole('radio', { name: 'B' }).getAttribute('aria-checked')).toBe('true'),
  )
})

test('a select says its label and its value, and chooses by keyboard', async () => {
  function Choice() {
    const [value, setValue] = useState('4')
    return (
      <Select
        label="Files"
        options={[
          { value: '3', label: '3 files' },
          { value: '4', label: '4 files' },
        ]}
        value={value}
        onChange={setValue}
      />
    )
  }
  render(<Choice />)
  const button = screen.getByRole('button', { name: 'Files: 4 files' })
  fireEvent.keyDown(button, { key: 'Enter' })
  const first = await screen.findByRole('menuitemradio', { name: '3 files' })
  fireEvent.keyDown(first, { key: 'Enter' })
  expect(await screen.findByRole('button', { name: 'Files: 3 files' })).toBeTruthy()
})
