import type { ViewState } from '../../shared/contract/models-settings.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { call } from '../queries/core.ts'
import { stepOf, useTabs } from './tabs.ts'
import { useUi } from './ui.ts'

const REST_MS = 300
/** Where older versions stored the view: in the browser. */
const OLD = { panes: 'cipherbucket.panes', place: 'cipherbucket.place' } as const

/**
 * Returns the view of the last session: from the core, else from an older version. Null at the
 * first start.
 */
export async function lastView(): Promise<Omit<ViewState, 'version'> | null> {
  const kept = await call('view.get', {}).catch(() => null)
  if (kept !== null) return kept
  const { panes, sort } = useUi.getState()
  const [oldPanes, place] = [old(OLD.panes), old(OLD.place)]
  if (oldPanes === null && place === null) return null
  const known = Object.entries(panes).map(([name, value]) => [
    name,
    typeof oldPanes?.[name] === typeof value ? oldPanes?.[name] : value,
  ])
  const isPlace = ['profileId', 'bucket', 'prefix'].every(
    (name) => typeof place?.[name] === 'string',
  )
  return {
    panes: Object.fromEntries(known) as ViewState['panes'],
    sort,
    place: isPlace ? (place as unknown as ViewState['place']) : null,
  }
}

function old(name: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as Readonly<
      Record<string, unknown>
    > | null
  } catch {
    return null
  }
}

/**
 * Stores tabs, place, panes and order in the core whenever they rest after a change. The window
 * that changed last counts. A failure is silent: the next start opens the earlier view.
 */
export function keepView(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = () => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    const { place, panes, sort } = useUi.getState()
    const tabs = tabsNow()
    call('view.set', { version: 1, place, panes, sort, ...(tabs !== null && { tabs }) }).catch(
      () => undefined,
    )
  }
  const wait = () => {
    timer ??= setTimeout(tell, REST_MS)
  }
  useUi.subscribe((ui, before) => {
    if (ui.place !== before.place || ui.panes !== before.panes || ui.sort !== before.sort) wait()
  })
  useTabs.subscribe(wait)
  window.addEventListener('pagehide', tell)
}

/** Returns the tabs as the core stores them; null for a single tab, which the place describes. */
function tabsNow(): In<'view.set'>['tabs'] | null {
  const { tabs, shown } = useTabs.getState()
  if (tabs.length < 2) return null
  const list = tabs.map((tab) => {
    const { page, place } = stepOf(tab)
    return { page, place: place === null ? null : { ...place } }
  })
  return { list, shown: tabs.findIndex(({ id }) => id === shown) }
}
