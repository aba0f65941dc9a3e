import type { MasterKey } from '../../../shared/contract/models.ts'
import { lacksBackup } from '../../queries/keys.ts'
import { fingerprintGroups } from '../../text/quantities.ts'
import { useJoin } from '../../text/use-join.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import type { IconName } from '../../ui/icon.tsx'

/** RSA keys with fewer bits are weak. */
const STRONG_BITS = 2048
/** Keys that are not RSA have 0 bits and are never weak. */
export const isWeak = (key: { readonly bits: number }): boolean =>
  key.bits > 0 && key.bits < STRONG_BITS

export interface KeyWords {
  readonly state: (key: MasterKey) => string
  readonly backup: (key: MasterKey) => {
    readonly icon: IconName | null
    readonly text: string
    readonly warn: boolean
  }
  /** Buckets and profiles with this key as default: short for a column, whole for a sentence. */
  readonly places: (key: MasterKey) => string
  readonly wholePlaces: (key: MasterKey) => string
}

/** Texts for the facts of a key, for the page and its dialogs. */
export function useKeyWords(): KeyWords {
  const t = useText()
  const day = useDay()
  const join = useJoin()
  return {
    state: (key) =>
      key.hasPrivate
        ? t(key.state === 'active' ? 'keys:state.active' : 'keys:state.decryptOnly')
        : t('keys:state.encryptOnly'),
    backup(key) {
      if (key.kind !== 'rsa' || !key.hasPrivate)
        return { icon: null, text: t('keys:backup.notNeeded'), warn: false }
      if (key.backedUp !== null) return { icon: 'done', text: day(key.backedUp), warn: false }
      if (lacksBackup(key)) return { icon: 'alert', text: t('keys:backup.none'), warn: true }
      return {
        icon: null,
        text: t(key.origin === 'session' ? 'keys:backup.session' : 'keys:backup.sample'),
        warn: false,
      }
    },
    places: (key) => join(key.defaultFor.map((place) => place.bucket ?? place.profileName)),
    wholePlaces: (key) =>
      join(
        key.defaultFor.map((place) =>
          place.bucket === null
            ? place.profileName
            : t('keys:place.bucket', { bucket: place.bucket, profile: place.profileName }),
        ),
      ),
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The day without the time: `3 Nov 2026`, `2026-11-03`. */
export function useDay(): (iso: string) => string {
  const zh = useLanguage() === 'zh-CN'
  return (iso) => {
    const at = new Date(iso)
    if (Number.isNaN(at.getTime())) return ''
    const [y, m, d] = [at.getFullYear(), at.getMonth(), at.getDate()]
    return zh
      ? `${y}-${String(m + 1).padStart(2, '0')}-${String(d).padStart(2, '0')}`
      : `${d} ${MONTHS[m]} ${y}`
  }
}

/** The icon of a key: a pair, a public half, a key in KMS, or a program. */
export function keyIconOf({ kind, hasPrivate }: MasterKey): IconName {
  if (kind === 'kms') return 'cloud-key'
  return kind === 'command' ? 'program' : hasPrivate ? 'key' : 'half'
}

/**
 * Tells a key from others with the same name: groups of the fingerprint, the id in KMS, or the
 * program's file name.
 */
export function markOf({ kms, command, fingerprint }: MasterKey, groups: number): string {
  if (kms !== null) return kms.cmkId.replace(/^acs:kms:.*:key\//, '')
  return command?.program.split(/[\\/]/).at(-1) ?? fingerprintGroups(fingerprint, groups)
}

/** The four short groups, spelled out for screen readers. */
export const spokenFingerprint = (hex: string): string =>
  fingerprintGroups(hex, 4).split(' ').join(', ')

/** A file name for `name`. Characters that file systems or shells treat specially become `-`. */
export function fileNameFor(name: string, ending: string): string {
  const safe = name.replace(/[\p{Cc}<>:"/\\|?*]+/gu, '-').replace(/^[.\s-]+|[.\s-]+$/g, '')
  return `${safe === '' ? 'key' : safe}${ending}`
}
