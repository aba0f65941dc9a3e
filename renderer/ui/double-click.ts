let answered = false
let watched = false

/**
 * A click has answered something: a button of a dialog, an item of a menu. Where that click was the first of a double click, the
 * second one is kept from everything: it would answer the same again, or the next question, or open the row that lay under the dialog.
 * Two clicks that are no double click meet a button that is busy by then (see createClient).
 */
export function answeredByClick(): void {
  answered = true
  if (watched) return
  watched = true
  for (const type of ['mousedown', 'mouseup', 'click', 'dblclick'] as const) window.addEventListener(type, refuseSecond, true)
}

/** `detail`: which click of a series this is. */
function refuseSecond(event: MouseEvent): void {
  if (event.type === 'mousedown' && event.detail <= 1) answered = false
  if (!answered || event.detail <= 1) return
  event.preventDefault()
  event.stopImmediatePropagation()
}

/**
 * For the buttons of one dialog: told of each click, it says whether that may act. Not a second one in the same turn, before the first
 * could make its button busy.
 */
export function openAnswers(): () => boolean {
  let answering = false
  return () => {
    answeredByClick()
    if (answering) return false
    answering = true
    setTimeout(() => { answering = false })
    return true
  }
}
