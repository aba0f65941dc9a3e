// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest'
import { gridCommand, stepFrom } from '../../renderer/ui/grid/grid-keys.ts'
import { findName, nameSearch } from '../../renderer/ui/grid/name-search.ts'
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
const said = (text: string, mac: boolean, hasParent = true, isTiled = false) => {
  const command = gridCommand(press(text), { mac, hasParent, isTiled })
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
    ['Ctrl x', 'Cmd x', 'cut'],
    ['Ctrl y', 'Cmd y', 'nothing'],
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
    expect(stepFrom(from, by, 5, 3)).toBe(expected),
  )

  // Source: screens.md 14: arrows in two dimensions, Home and End by row.
  test.each([
    ['ArrowRight', 'move 1'],
    ['ArrowLeft', 'move -1'],
    ['ArrowDown', 'move line-down'],
    ['Shift ArrowUp', 'move line-up extend'],
    ['Ctrl ArrowDown', 'move line-down only'],
    ['Home', 'move line-first'],
    ['End', 'move line-last'],
    ['Ctrl End', 'move last only'],
    ['PageDown', 'move page-down'],
  ])('on tiles %s: %s', (keys, expected) => {
    expect(said(keys, false, true, true)).toBe(expected)
  })

  test('left and right mean nothing in a list', () =>
    expect([said('ArrowLeft', false), said('ArrowRight', true)]).toEqual(['nothing', 'nothing']))

  // Eleven tiles in lines of four, two lines to a page.
  test.each([
    [-1, 'line-down', 0],
    [1, 'line-up', 1],
    [5, 'line-up', 1],
    [5, 'line-down', 9],
    [7, 'line-down', 10],
    [9, 'line-down', 9],
    [6, 'line-first', 4],
    [6, 'line-last', 7],
    [8, 'line-last', 10],
    [9, 'page-up', 1],
    [5, 'page-up', 1],
    [1, 'page-down', 9],
    [3, 'page-down', 10],
    [3, 1, 4],
    [4, -1, 3],
  ] as const)('from tile %s by %s to %s', (from, by, expected) =>
    expect(stepFrom(from, by, 11, 2, 4)).toBe(expected),
  )

  test.each([
    ['Backspace', 'Backspace', 'delete'],
    ['Delete', 'Delete', 'delete'],
    ['Delete', 'Cmd Backspace', 'delete'],
    ['Alt ArrowUp', 'Cmd ArrowUp', 'nothing'],
    ['Space', 'Space', 'toggle'],
  ])('without a parent folder %s, on a Mac %s: %s', (elsewhere, mac, expected) => {
    expect(said(elsewhere, false, false)).toBe(expected)
    expect(said(mac, true, false)).toBe(expected)
  })

  test('typing finds a name', () => {
    const names = ['alpha', 'beta', 'Bravo', '税务', 'beta 2']
    const list = { length: names.length, at: (i: number) => names[i] ?? '' }
    expect(findName(list, 0, 'b')).toBe(1)
    expect(findName(list, 1, 'b')).toBe(2)
    expect(findName(list, 1, 'bb')).toBe(2)
    expect(findName(list, 4, 'b')).toBe(1)
    expect(findName(list, 1, 'br')).toBe(2)
    expect(findName(list, 1, 'be')).toBe(1)
    expect(findName(list, 0, '税')).toBe(3)
    expect(findName(list, 0, 'z')).toBe(-1)
    let now = 1000
    const search = nameSearch(() => now)
    expect(search.find('b', list, 0)).toBe(1)
    now = 1600
    expect(search.find('r', list, 1)).toBe(2)
    now = 2300
    expect(search.find('a', list, 2)).toBe(0)
  })

  // Source: angular/components 17826 and microsoft/fast 1859.
  test('a space shortly after a letter belongs to the name, and alone it toggles', () => {
    const names = ['my file one.txt', 'my photo.txt', 'mypage']
    const list = { length: names.length, at: (i: number) => names[i] ?? '' }
    let now = 1000
    const search = nameSearch(() => now)
    const command = (text: string, typing: boolean) =>
      gridCommand(press(text), { mac: false, typing })
    expect(search.isTyping()).toBe(false)
    search.find('m', list, 0)
    now = 1200
    search.find('y', list, 0)
    now = 1300
    expect(search.isTyping()).toBe(true)
    expect(command('Space', search.isTyping())).toEqual({ do: 'type', text: ' ' })
    search.find(' ', list, 0)
    now = 1400
    expect(search.find('p', list, 0)).toBe(1)
    now = 2100
    expect(search.isTyping()).toBe(false)
    expect(command('Space', search.isTyping())).toEqual({ do: 'toggle' })
    expect(command('Ctrl Space', true)).toEqual({ do: 'toggle' })
    expect(command('Shift Space', true)).toEqual({ do: 'type', text: ' ' })
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
