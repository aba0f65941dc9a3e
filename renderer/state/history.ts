import type { Place } from '../queries/objects.ts'
import { hashOf, viewIn } from './address.ts'
import { land, useUi, type View } from './ui.ts'

/** The data of each step in the browser's history. */
interface Step {
  readonly at: number
  /** The place under a page that is no place itself. */
  readonly place: Place | null
}

const TOP = 'cipherbucket.top'

/**
 * Follows the browser's history. Each step of the window is one of its steps, so Back and Forward
 * stay in the app and a reload stays in place. `start`: the view for an address without a place
 * that exists.
 */
export function followHistory(
  window: Window,
  start: View,
  exists: (place: Place) => boolean,
): void {
  const { history, location } = window
  const wanted = (): Partial<View> | null => {
    const view = viewIn(location.hash)
    return view?.place != null && !exists(view.place) ? null : view
  }
  const stepNow = (): Step | null => history.state as Step | null
  const keep = (
    { at, top, page, place }: ReturnType<typeof useUi.getState>,
    how: 'pushState' | 'replaceState',
  ) => {
    history[how]({ at, place } satisfies Step, '', hashOf({ page, place }))
    rememberTop(top)
  }
  let arriving = true
  const behind = stepNow()?.place ?? null
  land(
    { ...start, ...(behind !== null && exists(behind) && { place: behind }), ...wanted() },
    stepNow()?.at ?? 0,
  )
  useUi.setState(({ at }) => ({ top: stepNow() === null ? at : Math.max(at, lastTop()) }))
  keep(useUi.getState(), 'replaceState')
  arriving = false

  useUi.subscribe((ui, before) => {
    if (!arriving && ui.at !== before.at) keep(ui, 'pushState')
  })
  window.addEventListener('popstate', () => {
    const step = stepNow()
    const view = wanted()
    const { at } = useUi.getState()
    arriving = true
    // A typed address is a new step, with no step after it.
    if (view !== null) land({ ...step, ...view }, step?.at ?? at + 1)
    if (step === null) useUi.setState((ui) => ({ top: ui.at }))
    arriving = false
    if (step === null || view === null) keep(useUi.getState(), 'replaceState')
  })
}

/** Goes one step, if there is one. */
export function travel(way: 'back' | 'forward'): void {
  const { at, top } = useUi.getState()
  if (way === 'back' && at > 0) window.history.back()
  if (way === 'forward' && at < top) window.history.forward()
}

function rememberTop(top: number): void {
  try {
    sessionStorage.setItem(TOP, String(top))
  } catch {
    // Without storage, Forward is off after a reload until the next step back.
  }
}

function lastTop(): number {
  try {
    return Number(sessionStorage.getItem(TOP) ?? 0)
  } catch {
    return 0
  }
}
