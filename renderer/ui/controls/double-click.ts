let answered = false
let watched = false

/**
 * A click has answered something: a button of a dialog, an item of a menu. Where that click was the
 * first of a double click, the second one is kept from everything: it would answer the same again,
 * or the next question, or open the row that lay under the dialog. Two clicks that are no double
 * click meet a button that is busy by then (see createClient).
 */
export function answeredByClick(): void {
  answered = true
  if (watched) return
  watched = true
  for (const type of ['mousedown', 'mouseup', 'click', 'dblclick'] as const)
    window.addEventListener(type, refuseSecond, true)
}

/** `detail`: which click of a series this is. */
function refuseSecond(event: MouseEvent): void {
  if (event.type === 'mousedown' && event.detail <= 1) answered = false
  if (!answered || event.detail <= 1) return
  event.preventDefault()
  event.stopImmediatePropagation()
}

/**
 * For the buttons of one dialog: told of each click, it says whether that may act. Not a second one
 * in the same turn, before the first could make its button busy.
 */
export function openAnswers(): () => boolean {
  let answering = false
  return () => {
    answeredByClick()
    if (answering) return false
    answering = true
    setTimeout(() => {
      answering = false
    })
    return true
  }
}

/** As long as systems wait for the second press of a double one. */
const TWICE_MS = 400
let answeredAt = -Infinity

/** Enter has answered a dialog: a second one right after it is not for what got the focus then. */
export const answeredByEnter = (): void => {
  answeredAt = performance.now()
}

/**
 * A key that is held down goes on moving and typing. It presses no button and no item again: those
 * may be others by then.
 */
export function ignoreHeldKeys(window: Window): void {
  window.addEventListener(
    'keydown',
    (event) => {
      if ((event.key !== 'Enter' && event.key !== ' ') || isTextField(event.target)) return
      if (!event.repeat && (event.key === ' ' || performance.now() - answeredAt > TWICE_MS)) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    true,
  )
}

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio')
