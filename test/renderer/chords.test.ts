// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest'
import { isChord, isInputMethods } from '../../renderer/shell/platform.ts'

/**
 * A press as Chromium tells it: modifiers, what the key gives, and where it stands on a US
 * keyboard.
 */
function press(modifiers: string, key: string, code: string) {
  const has = (name: string) => modifiers.split(' ').includes(name)
  return {
    key,
    code,
    ctrlKey: has('Ctrl'),
    metaKey: has('Cmd'),
    altKey: has('Alt'),
    shiftKey: has('Shift'),
    getModifierState: (name: string) => name === 'AltGraph' && has('AltGr'),
  }
}
const CHORDS = [
  'mod+a',
  'mod+c',
  'mod+f',
  'mod+r',
  'mod+s',
  'mod+u',
  'mod+shift+u',
  'mod+alt+s',
  'mod+,',
  'mod+/',
  'mod+1',
  'mod+2',
  'mod+alt+1',
  'mod+alt+3',
]
const meant = (mac: boolean, ...[modifiers, key, code]: Parameters<typeof press>) =>
  CHORDS.filter((chord) => isChord(press(modifiers, key, code), chord, mac)).join(' ')

// Source: the layouts of xkeyboard-config 2.35, by the place of each key.
describe('what a key gives counts, and not its place', () => {
  test.each([
    ['US', 'Ctrl', 'r', 'KeyR', 'mod+r'],
    ['US, Caps Lock', 'Ctrl', 'R', 'KeyR', 'mod+r'],
    ['US, AltGr beside it', 'Ctrl AltGr', 's', 'KeyS', ''],
    ['Colemak', 'Ctrl', 'r', 'KeyS', 'mod+r'],
    ['Colemak', 'Ctrl', 's', 'KeyD', 'mod+s'],
    ['Colemak', 'Ctrl', 'l', 'KeyU', ''],
    ['Colemak', 'Ctrl', 'p', 'KeyR', ''],
    ['Dvorak', 'Ctrl', 'o', 'KeyS', ''],
    ['Dvorak', 'Ctrl', ',', 'KeyW', 'mod+,'],
    ['Dvorak', 'Ctrl', "'", 'KeyQ', ''],
    ['Dvorak', 'Ctrl', 'g', 'KeyU', ''],
    ['AZERTY', 'Ctrl', 'q', 'KeyA', ''],
    ['AZERTY', 'Ctrl', 'a', 'KeyQ', 'mod+a'],
    ['AZERTY', 'Ctrl', ',', 'KeyM', 'mod+,'],
    ['AZERTY', 'Ctrl', '&', 'Digit1', 'mod+1'],
    ['AZERTY', 'Ctrl', 'é', 'Digit2', 'mod+2'],
    ['AZERTY', 'Ctrl Shift', '1', 'Digit1', 'mod+1'],
    ['AZERTY', 'Ctrl Shift', '/', 'Period', 'mod+/'],
    ['AZERTY', 'Ctrl Alt', '"', 'Digit3', 'mod+alt+3'],
    ['QWERTZ', 'Ctrl Shift', '/', 'Digit7', 'mod+/'],
    ['QWERTZ', 'Ctrl', '-', 'Slash', ''],
    ['QWERTZ, number pad', 'Ctrl', '/', 'NumpadDivide', 'mod+/'],
    ['QWERTZ, AltGr', 'Ctrl AltGr', '¹', 'Digit1', ''],
    ['Bépo', 'Ctrl', 'u', 'KeyS', 'mod+u'],
    ['Bépo, a dead key', 'Ctrl', 'Dead', 'KeyY', ''],
    ['Turkish F', 'Ctrl', 'u', 'KeyA', 'mod+u'],
    ['Turkish F', 'Ctrl', 'ş', 'KeyR', ''],
    ['US with dead keys', 'Ctrl', 'Dead', 'KeyS', ''],
    ['an input method', 'Ctrl', 'Process', 'KeyS', ''],
    ['US, Shift and a digit', 'Ctrl Shift', '!', 'Digit1', ''],
    ['US, Shift and the slash', 'Ctrl Shift', '?', 'Slash', ''],
    ['US, Alt and the slash', 'Ctrl Alt', '/', 'Slash', ''],
  ])('%s: %s and %s at %s', (_layout, modifiers, key, code, chords) =>
    expect(meant(false, modifiers, key, code)).toBe(chords),
  )

  test.each([
    ['Russian', 'Ctrl', 'ы', 'KeyS', 'mod+s'],
    ['Russian', 'Ctrl Shift', 'Г', 'KeyU', 'mod+shift+u'],
    ['Russian', 'Ctrl', 'б', 'Comma', 'mod+,'],
    ['Russian', 'Ctrl Shift', '/', 'Backslash', 'mod+/'],
    ['Greek', 'Ctrl', 'σ', 'KeyS', 'mod+s'],
    ['Greek', 'Ctrl', 'α', 'KeyA', 'mod+a'],
    ['Hebrew', 'Ctrl', 'ש', 'KeyA', 'mod+a'],
    ['Arabic', 'Ctrl', 'س', 'KeyS', 'mod+s'],
    ['Thai, a vowel sign', 'Ctrl', 'ี', 'KeyU', 'mod+u'],
    ['Thai', 'Ctrl', 'ๅ', 'Digit1', 'mod+1'],
    ['Hangul', 'Ctrl', 'ㄴ', 'KeyS', 'mod+s'],
    ['Kana', 'Ctrl', 'と', 'KeyS', 'mod+s'],
  ])('%s has no Latin letter there: %s and %s at %s', (_layout, modifiers, key, code, chords) =>
    expect(meant(false, modifiers, key, code)).toBe(chords),
  )

  test.each([
    ['⌥ hides the letter', 'Cmd Alt', 'ß', 'KeyS', 'mod+alt+s'],
    ['⌥ hides the digit', 'Cmd Alt', '¡', 'Digit1', 'mod+alt+1'],
    ['a German Mac', 'Cmd Shift', '/', 'Digit7', 'mod+/'],
    ['Ctrl is not ⌘', 'Ctrl', 's', 'KeyS', ''],
    ['Dvorak', 'Cmd', 'o', 'KeyS', ''],
    ['Russian', 'Cmd', 'ы', 'KeyS', 'mod+s'],
  ])('on a Mac, %s', (_what, modifiers, key, code, chords) =>
    expect(meant(true, modifiers, key, code)).toBe(chords),
  )

  // German: [ is ⌥5; Swiss: [ is ⌥5 too; US: its own key.
  test.each([
    ['Cmd Alt', '[', 'Digit5'],
    ['Cmd', '[', 'BracketLeft'],
    ['Cmd', 'х', 'BracketLeft'],
  ])('⌘[ on a Mac as %s %s', (modifiers, key, code) =>
    expect(isChord(press(modifiers, key, code), 'mod+[', true)).toBe(true),
  )
})

test.each([
  [{ isComposing: true, keyCode: 27 }, true],
  [{ isComposing: false, keyCode: 229 }, true],
  [{ isComposing: false, keyCode: 27 }, false],
])('%j is a key of an input method: %s', (event, is) => expect(isInputMethods(event)).toBe(is))
