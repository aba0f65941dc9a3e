let answered = false
let watched = false

/**
 * Reports that a click answered something: a button of a dialog, or an item of a menu. The second
 * click of a double click is then ignored. It would answer again, or answer the next question, or
 * open the row under the dialog. Two separate clicks meet a busy button (see createClient).
 */
export function answeredByClick(): void {
  answered = true
  if (watched) return
  watched = true
  for (const type of ['mousedown', 'mouseup', 'click', 'dblclick'] as const)
    window.addEventListener(type, refuseSecond, true)
}

/** `detail`: the number of the click in a series. */
function refuseSecond(event: MouseEvent): void {
  if (event.type === 'mousedown' && event.detail <= 1) answered = false
  if (!answered || event.detail <= 1) return
  event.preventDefault()
  event.stopImmediatePropagation()
}

/**
 * Returns a test for the buttons of one dialog: whether a click may act. A second click in the same
 * turn may not, because no button is busy yet.
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

/** Milliseconds in which systems expect the second press of a double click. */
const TWICE_MS = 400
let answeredAt = -Infinity

/**
 * Reports that Enter answered a dialog. A second Enter right after it is not for the element with
 * the new focus.
 */
export const answeredByEnter = (): void => {
  answeredAt = performance.now()
}

/**
 * Ignores a held key on buttons and items, which may be others by then. Moving and typing go on.
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
