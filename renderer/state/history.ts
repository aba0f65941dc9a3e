import type { Place } from '../queries/objects.ts'
import { hashOf, viewIn, type AddressedView } from './address.ts'
import { land, sortFolder, useUi, type View } from './ui.ts'

/** The data of each step in the browser's history. */
interface Step {
  readonly at: number
  /** The place under a page that is no place itself. */
  readonly place: Place | null
}

const TOP = 'cipherbucket.top'

/**
 * Follows the browser's history. Each step of the window is one of its steps, so Back and Forward
 * stay in the app and a reload stays in place. An address may name a profile, bucket or folder that
 * is gone: the page says so. `start`: the view for an address without a place.
 */
export function followHistory(window: Window, start: View): void {
  const { history, location } = window
  const stepNow = (): Step | null => history.state as Step | null
  const keep = (
    { at, top, page, place, sort }: ReturnType<typeof useUi.getState>,
    how: 'pushState' | 'replaceState',
  ) => {
    history[how]({ at, place } satisfies Step, '', hashOf({ page, place, sort }))
    rememberTop(top)
  }
  let arriving = true
  const arriveAt = (view: AddressedView, at: number): void => {
    land(view, at)
    if (view.sort !== undefined) sortFolder(view.sort)
  }
  const behind = stepNow()?.place ?? null
  arriveAt(
    { ...start, ...(behind !== null && { place: behind }), ...viewIn(location.hash) },
    stepNow()?.at ?? 0,
  )
  useUi.setState(({ at }) => ({ top: stepNow() === null ? at : Math.max(at, lastTop()) }))
  keep(useUi.getState(), 'replaceState')
  arriving = false

  useUi.subscribe((ui, before) => {
    if (arriving) return
    if (ui.at !== before.at) keep(ui, 'pushState')
    else if (ui.sort !== before.sort) keep(ui, 'replaceState')
  })
  window.addEventListener('popstate', () => {
    const step = stepNow()
    const view = viewIn(location.hash)
    const { at } = useUi.getState()
    arriving = true
    // A typed address is a new step, with no step after it. Its order is the wanted one. A step of
    // the window shows its folder in the order that the folder has now.
    if (view !== null && step === null) arriveAt(view, at + 1)
    else if (view !== null) land({ ...step, ...view }, step?.at)
    if (step === null) useUi.setState((ui) => ({ top: ui.at }))
    arriving = false
    keep(useUi.getState(), 'replaceState')
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
