import { common } from './en/common.ts'
import { keys } from './en/keys.ts'
import { objects } from './en/objects.ts'
import { leftovers } from './en/leftovers.ts'
import { look } from './en/look.ts'
import { offline } from './en/offline.ts'
import { profiles } from './en/profiles.ts'
import { remote } from './en/remote.ts'
import { seals } from './en/seals.ts'
import { settings } from './en/settings.ts'
import { transfers } from './en/transfers.ts'
import type { Same } from './same.ts'
import { common as commonZh } from './zh-CN/common.ts'
import { keys as keysZh } from './zh-CN/keys.ts'
import { objects as objectsZh } from './zh-CN/objects.ts'
import { leftovers as leftoversZh } from './zh-CN/leftovers.ts'
import { look as lookZh } from './zh-CN/look.ts'
import { offline as offlineZh } from './zh-CN/offline.ts'
import { profiles as profilesZh } from './zh-CN/profiles.ts'
import { remote as remoteZh } from './zh-CN/remote.ts'
import { seals as sealsZh } from './zh-CN/seals.ts'
import { settings as settingsZh } from './zh-CN/settings.ts'
import { transfers as transfersZh } from './zh-CN/transfers.ts'

export const english = {
  common,
  objects,
  transfers,
  leftovers,
  look,
  keys,
  offline,
  profiles,
  remote,
  seals,
  settings,
} as const

type English = typeof english
type Namespace = keyof English
/** The key of `files_one` and `files_other` is `files`. */
type Base<K> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K

/** Every text of the app: `namespace:key`. */
export type TextKey = { [N in Namespace]: `${N}:${Base<keyof English[N]> & string}` }[Namespace]

export const chinese: { readonly [N in Namespace]: Same<English[N]> } = {
  common: commonZh,
  objects: objectsZh,
  transfers: transfersZh,
  leftovers: leftoversZh,
  look: lookZh,
  keys: keysZh,
  offline: offlineZh,
  profiles: profilesZh,
  remote: remoteZh,
  seals: sealsZh,
  settings: settingsZh,
}
