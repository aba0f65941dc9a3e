import type { Page, View } from './ui.ts'

const PAGES: readonly Page[] = ['transfers', 'keys', 'offline', 'settings']

/** The end of the window's address: `#/profile/bucket/a/b/`, or `#keys`. */
export function hashOf({ page, place }: View): string {
  if (page !== 'objects') return `#${page}`
  if (place === null) return '#'
  return `#/${[place.profileId, place.bucket, ...place.prefix.split('/')].map(encodeURIComponent).join('/')}`
}

/** Returns the view of an address; null if it has none. The place may not exist. */
export function viewIn(hash: string): Partial<View> | null {
  const page = PAGES.find((one) => hash === `#${one}`)
  if (page !== undefined) return { page }
  const [start, profileId, bucket, ...folders] = hash.split('/')
  if (start !== '#' || !profileId || !bucket) return null
  try {
    const prefix = folders.map(decodeURIComponent).join('/')
    return {
      page: 'objects',
      place: {
        profileId: decodeURIComponent(profileId),
        bucket: decodeURIComponent(bucket),
        prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
      },
    }
  } catch {
    return null
  }
}
