// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest'
import {
  gridCommand,
  isTyping,
  moved,
  NOT_TYPED,
  typeAhead,
  typed,
} from '../../renderer/features/objects/list/grid-keys.ts'
import { isChord } from '../../renderer/shell/platform.ts'

function press(text: string) {
  const parts = text.split(' ')
  const key = parts.at(-1) === 'Space' ? ' ' : (parts.at(-1) ?? '')
  return {
    key,
    code: '',
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Cmd'),
    altKey: parts.includes('Alt'),
    shiftKey: parts.includes('Shift'),
  }
}
const said = (text: string, mac: boolean) => {
  const command = gridCommand(press(text), mac)
  if (command === null) return 'nothing'
  if (command.do === 'move')
    return `move ${command.by}${command.extend ? ' extend' : ''}${command.only ? ' only' : ''}`
  return command.do === 'type' ? `type ${command.text}` : command.do
}

// Source: the keyboard table of the design, section 5. Columns: keys elsewhere, keys on a Mac, what
// they do.
describe('keys on the list', () => {
  test.each([
    ['ArrowDown', 'ArrowDown', 'move 1'],
    ['ArrowUp', 'ArrowUp', 'move -1'],
    ['PageDown', 'PageDown', 'move page-down'],
    ['Home', 'Home', 'move first'],
    ['End', 'End', 'move last'],
    ['Shift ArrowDown', 'Shift ArrowDown', 'move 1 extend'],
    ['Shift End', 'Shift End', 'move last extend'],
    ['Ctrl ArrowDown', 'Cmd ArrowDown', 'move 1 only'],
    ['Space', 'Space', 'toggle'],
    ['Enter', 'Enter', 'open'],
    ['Escape', 'Escape', 'escape'],
    ['Ctrl a', 'Cmd a', 'all'],
    ['Ctrl c', 'Cmd c', 'copy'],
    ['Alt ArrowUp', 'Cmd ArrowUp', 'parent'],
    ['Backspace', 'Backspace', 'parent'],
    ['Delete', 'Cmd Backspace', 'delete'],
    ['Alt Enter', 'Cmd i', 'details'],
    ['Shift F10', 'Shift F10', 'menu'],
    ['ContextMenu', 'ContextMenu', 'menu'],
    ['x', 'x', 'type x'],
    ['税', '税', 'type 税'],
    ['7', '7', 'type 7'],
    ['Ctrl x', 'Cmd x', 'nothing'],
    ['F7', 'F7', 'nothing'],
    ['Tab', 'Tab', 'nothing'],
    ['Alt x', 'Alt x', 'nothing'],
  ])('%s, on a Mac %s: %s', (elsewhere, mac, expected) => {
    expect(said(elsewhere, false)).toBe(expected)
    expect(said(mac, true)).toBe(expected)
  })

  test.each([
    [-1, 1, 0],
    [0, -1, 0],
    [4, 1, 4],
    [2, 'first', 0],
    [2, 'last', 4],
    [0, 'page-down', 3],
    [1, 'page-up', 0],
    [4, 'page-down', 4],
  ] as const)('from %s by %s to %s, of five rows, three to a page', (from, by, expected) =>
    expect(moved(from, by, 5, 3)).toBe(expected),
  )

  test('type-ahead', () => {
    const names = ['alpha', 'beta', 'Bravo', '税务', 'beta 2']
    const list = { length: names.length, at: (i: number) => names[i] ?? '' }
    expect(typeAhead(list, 0, 'b')).toBe(1)
    expect(typeAhead(list, 1, 'b')).toBe(2)
    expect(typeAhead(list, 1, 'bb')).toBe(2)
    expect(typeAhead(list, 4, 'b')).toBe(1)
    expect(typeAhead(list, 1, 'br')).toBe(2)
    expect(typeAhead(list, 1, 'be')).toBe(1)
    expect(typeAhead(list, 0, '税')).toBe(3)
    expect(typeAhead(list, 0, 'z')).toBe(-1)
    expect(typed({ text: 'b', at: 1000 }, 'e', 1600).text).toBe('be')
    expect(typed({ text: 'b', at: 1000 }, 'e', 1700).text).toBe('e')
  })

  // Source: angular/components 17826 and microsoft/fast 1859.
  test('a space shortly after a letter belongs to the name, and alone it toggles', () => {
    const names = ['my file one.txt', 'my photo.txt', 'mypage']
    const list = { length: names.length, at: (i: number) => names[i] ?? '' }
    const my = typed(typed(NOT_TYPED, 'm', 1000), 'y', 1200)
    expect(isTyping(my, 1300)).toBe(true)
    expect(gridCommand(press('Space'), false, isTyping(my, 1300))).toEqual({
      do: 'type',
      text: ' ',
    })
    expect(typeAhead(list, 0, typed(typed(my, ' ', 1300), 'p', 1400).text)).toBe(1)
    expect(isTyping(my, 1900)).toBe(false)
    expect(isTyping(NOT_TYPED, 100)).toBe(false)
    expect(gridCommand(press('Space'), false, isTyping(my, 1900))).toEqual({ do: 'toggle' })
    expect(gridCommand(press('Ctrl Space'), false, true)).toEqual({ do: 'toggle' })
    expect(gridCommand(press('Shift Space'), false, true)).toEqual({ do: 'type', text: ' ' })
  })

  test('chords need exactly their modifiers', () => {
    const key = (over: object) => ({
      key: 'u',
      code: 'KeyU',
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      shiftKey: false,
      ...over,
    })
    expect(isChord(key({ ctrlKey: true }), 'mod+u', false)).toBe(true)
    expect(isChord(key({ metaKey: true }), 'mod+u', false)).toBe(false)
    expect(isChord(key({ metaKey: true }), 'mod+u', true)).toBe(true)
    expect(isChord(key({ ctrlKey: true, shiftKey: true }), 'mod+u', false)).toBe(false)
    expect(isChord(key({ ctrlKey: true, shiftKey: true, key: 'U' }), 'mod+shift+u', false)).toBe(
      true,
    )
    // ⌥ changes the letter a Mac reports; the key's place still says which it is.
    expect(
      isChord(key({ metaKey: true, altKey: true, key: 'ß', code: 'KeyS' }), 'mod+alt+s', true),
    ).toBe(true)
  })
})
