import type { QueryClient } from '@tanstack/react-query'
import { chosenLanguage } from '../shared/contract/languages.ts'
import type { Shell } from './shell.ts'
import { applyTheme } from './features/frame/theme.ts'
import { appQuery } from './queries/app.ts'
import { connect, createClient } from './queries/core.ts'
import { profilesQuery } from './queries/profiles.ts'
import { settingsQuery } from './queries/settings.ts'
import { follow } from './features/frame/follow.ts'
import { land, lastPlace } from './state/ui.ts'
import { systemLanguage } from './text/system-language.ts'
import { hours12 } from './text/quantities.ts'
import { setLanguage } from './text/use-text.tsx'
import { mountIcons } from './ui/icon.tsx'

/**
 * Before the first paint: theme and language as chosen, and a place to look at: the one of last time, else the practice
 * bucket. Without a core the window opens all the same and says what is the case.
 */
export async function begin(shell: Shell): Promise<QueryClient> {
  connect(shell)
  mountIcons(document)
  document.documentElement.dataset['clock'] = hours12 ? '12' : '24'
  const client = createClient()
  follow(client, shell.bridge)
  const [settings, app, profiles] = await Promise.allSettled([client.fetchQuery(settingsQuery), client.fetchQuery(appQuery), client.fetchQuery(profilesQuery)])
  applyTheme(settings.status === 'fulfilled' ? settings.value.theme : 'system')
  setLanguage(chosenLanguage(settings.status === 'fulfilled' ? settings.value.language : 'system', systemLanguage(app.status === 'fulfilled' ? app.value : undefined)))
  const known = profiles.status === 'fulfilled' ? profiles.value : []
  const last = lastPlace()
  const practice = app.status === 'fulfilled' ? app.value.practice : null
  if (last !== null && known.some((profile) => profile.id === last.profileId)) land(last)
  else if (practice !== null && known.some((profile) => profile.id === practice.profileId)) land({ profileId: practice.profileId, bucket: practice.bucket, prefix: '' })
  return client
}
