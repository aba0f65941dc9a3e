import type { QueryClient } from '@tanstack/react-query'
import { chosenLanguage } from '../shared/contract/languages.ts'
import type { Shell } from './shell/shell.ts'
import { applyTheme } from './features/frame/theme.ts'
import { appQuery } from './queries/app.ts'
import { connect, createClient } from './queries/core.ts'
import { profilesQuery } from './queries/profiles.ts'
import { placesQuery } from './queries/places.ts'
import { settingsQuery } from './queries/settings.ts'
import { followEvents } from './features/frame/follow.ts'
import { leaveToInputMethod } from './shell/platform.ts'
import type { Place } from './queries/objects.ts'
import { followHistory } from './state/history.ts'
import { keepPlaces, takeFolderViews } from './state/kept-places.ts'
import { keepView, lastView } from './state/kept-view.ts'
import { tabsOf } from './state/tabs.ts'
import { useUi } from './state/ui.ts'
import { goOn } from './state/work.ts'
import { systemLanguage } from './text/system-language.ts'
import { hours12 } from './text/quantities.ts'
import { setLanguage, setSystem } from './text/use-text.tsx'
import { ignoreHeldKeys } from './ui/controls/double-click.ts'
import { mountIcons } from './ui/icon.tsx'

/**
 * Prepares the page before the first paint: theme, language and the place to show. The place comes
 * from the address, else from the last session, else it is the practice bucket. Without a core the
 * window opens and shows that the core is gone.
 */
export async function begin(shell: Shell): Promise<QueryClient> {
  connect(shell)
  leaveToInputMethod(window)
  ignoreHeldKeys(window)
  mountIcons(document)
  document.documentElement.dataset['clock'] = hours12 ? '12' : '24'
  const client = createClient()
  client.getMutationCache().subscribe((event) => {
    if (event.type === 'added') goOn()
  })
  followEvents(client, shell.bridge)
  const [settings, app, , view, places] = await Promise.allSettled([
    client.fetchQuery(settingsQuery),
    client.fetchQuery(appQuery),
    client.fetchQuery(profilesQuery),
    lastView(),
    client.fetchQuery(placesQuery),
  ])
  applyTheme(settings.status === 'fulfilled' ? settings.value.theme : 'system')
  if (app.status === 'fulfilled') setSystem(app.value.platform)
  setLanguage(
    chosenLanguage(
      settings.status === 'fulfilled' ? settings.value.language : 'system',
      systemLanguage(app.status === 'fulfilled' ? app.value : undefined),
    ),
  )
  const exists = ({ profileId }: Place) =>
    (client.getQueryData(profilesQuery.queryKey) ?? []).some((profile) => profile.id === profileId)
  const last = view.status === 'fulfilled' ? view.value : null
  if (last !== null) useUi.setState({ panes: last.panes })
  if (places.status === 'fulfilled') takeFolderViews(places.value)
  const practice = app.status === 'fulfilled' ? app.value.practice : null
  const first =
    practice === null
      ? null
      : { profileId: practice.profileId, bucket: practice.bucket, prefix: '' }
  const place = [last?.place ?? null, first].find((one) => one !== null && exists(one)) ?? null
  const views = last?.tabs?.list.map((view) => ({
    ...view,
    place: view.place !== null && exists(view.place) ? view.place : place,
  }))
  followHistory(window, tabsOf(views ?? [{ page: 'objects', place }], last?.tabs?.shown ?? 0))
  keepView()
  keepPlaces()
  return client
}
